import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePortBase } from '../../../cluster/launch/ports.ts';
import { openGroup, type StartFailure, startGroup } from '../../../cluster/launch/start-group.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ledgermq-group-'));
});
afterEach(async () => {
  const group = openGroup(dir);
  await group?.stopAll(0);
  group?.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Stands in for the programs. */
function script(name: string, source: string): string {
  const file = join(dir, `${name}.mjs`);
  writeFileSync(file, source);
  return file;
}

function stayingPrograms() {
  const idle = script('idle', 'console.log("idles"); setInterval(() => {}, 1000);');
  return { mqnamesrv: idle, mqbroker: idle };
}

/** The message of a start that must fail. */
async function failure(start: Promise<unknown>): Promise<string> {
  const error = await start.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect((error as StartFailure | undefined)?.name).toBe('StartFailure');
  return (error as StartFailure).message;
}

test('a busy port stops the start before anything is written, and its holder is named', async () => {
  const portBase = await freePortBase(3);
  const server = createServer().listen(portBase + 20, '127.0.0.1');
  await once(server, 'listening');
  const message = await failure(startGroup({ dir, portBase }));
  server.close();
  expect(message).toContain(`  ${portBase + 20} (n1, clients): held by process ${process.pid} (`);
  expect(message.match(/held by/g)).toHaveLength(1);
  expect(openGroup(dir)).toBeUndefined();
  expect(existsSync(join(dir, 'conf'))).toBe(false);
});

test('a node that ends during the start fails it with the end of its log, and nothing is left running', async () => {
  const programs = { ...stayingPrograms(), mqbroker: script('broken', 'console.log("the store is on fire");') };
  const message = await failure(startGroup({ dir, portBase: 0, programs, timeoutMs: 10_000 }));
  expect(message).toMatch(/n[012].* ended during the start/);
  expect(message).toContain('the store is on fire');
  const group = openGroup(dir);
  expect(group?.running()).toEqual([]);
  group?.close();
});

test('no leader in time: the start fails and stops what it started', async () => {
  const message = await failure(startGroup({ dir, portBase: 0, programs: stayingPrograms(), timeoutMs: 100 }));
  expect(message).toContain('The group did not serve within 0.1 s');
  const group = openGroup(dir);
  expect(group?.running()).toEqual([]);
  group?.close();
});

test('an interrupted start leaves nothing running', async () => {
  const abort = new AbortController();
  const started: string[] = [];
  const onStarted = (group: { running(): string[] }) => {
    started.push(...group.running());
    abort.abort();
  };
  const { signal } = abort;
  const message = await failure(startGroup({ dir, portBase: 0, programs: stayingPrograms(), signal, onStarted }));
  expect(message).toContain('interrupted');
  expect(started).toEqual(['namesrv', 'n0', 'n1', 'n2']);
  const group = openGroup(dir);
  expect(group?.running()).toEqual([]);
  group?.close();
});

test('of two starts at the same time the second is refused, and what the first started is found from the folder', async () => {
  const programs = stayingPrograms();
  const abort = new AbortController();
  let second: Promise<string> | undefined;
  let byFolder: string[] | undefined;
  const onStarted = () => {
    second = failure(startGroup({ dir, portBase: 0, programs }));
    const again = openGroup(dir);
    byFolder = again?.running();
    again?.close();
    void second.finally(() => abort.abort());
  };
  await failure(startGroup({ dir, portBase: 0, programs, signal: abort.signal, onStarted }));
  expect(await second).toContain('is being started by another process');
  expect(byFolder).toEqual(['namesrv', 'n0', 'n1', 'n2']);
});

test('a group of which something runs is not started again', async () => {
  const programs = stayingPrograms();
  await failure(startGroup({ dir, portBase: 0, programs, timeoutMs: 1 }));
  const group = openGroup(dir, { programs });
  group?.start('n1');
  group?.close();
  const message = await failure(startGroup({ dir, portBase: 0, programs }));
  expect(message).toContain('runs already (n1). namesrv and n0 and n2 can be started with restart.');
  const after = openGroup(dir);
  expect(after?.running()).toEqual(['n1']);
  after?.close();
});

test('a node is started, killed and stopped by its name', async () => {
  const programs = stayingPrograms();
  await failure(startGroup({ dir, portBase: 0, programs, timeoutMs: 1 }));
  const group = openGroup(dir, { programs });
  if (group === undefined) throw new Error('the folder has a group');
  const { pid } = group.start('n1');
  expect(group.running()).toEqual(['n1']);
  expect(group.process('n1')?.pid).toBe(pid);
  expect([await group.kill('n1'), group.running()]).toEqual([true, []]);
  group.start('n2');
  const saysIdles = () => expect(group.folder.logTail('n2', 1)).toBe('idles');
  await vi.waitFor(saysIdles, { timeout: 10_000, interval: 5 });
  expect([await group.stop('n2', 10_000), group.running()]).toEqual(['ended', []]);
  expect(await group.stop('n2')).toBeUndefined();
  group.close();
});

test('data belong to a number of brokers, and removing them leaves what is not of the group', async () => {
  const programs = stayingPrograms();
  await failure(startGroup({ dir, nodes: 3, portBase: 0, programs, timeoutMs: 1 }));
  const message = await failure(startGroup({ dir, nodes: 5, portBase: 0, programs, timeoutMs: 1 }));
  expect(message).toContain('belong to 3 brokers, not 5');
  const group = openGroup(dir);
  group?.close();
  group?.folder.remove();
  expect(openGroup(dir)).toBeUndefined();
  expect(readdirSync(dir)).toEqual(['idle.mjs']);
  expect(existsSync(dir)).toBe(true);
});
