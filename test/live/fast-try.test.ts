import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freePortBase } from '../../cluster/launch/ports.ts';
import { openGroup } from '../../cluster/launch/start-group.ts';
import { readBack } from '../../scripts/bench/failover/read-back.ts';
import { createProducer } from '../../src/index.ts';
import { atEnd } from './harness/cleanup.ts';
import { stopAtEnd, temporaryFolder } from './harness/live-group.ts';
import { bounded, type Ended, start } from './harness/run-program.ts';

const PATIENCE_MS = 60_000;

function folder(): string {
  const dir = join(temporaryFolder(), 'group');
  stopAtEnd(dir);
  return dir;
}

function fastTry(dir: string, ...args: readonly string[]): Promise<Ended> {
  return bounded(start('fast-try', [...args, '--dir', dir]), PATIENCE_MS);
}

/** Cells of the lines of a table below its headings. */
function rowsOf(table: string): string[][] {
  return table
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {2,}/));
}

function runningIn(dir: string): string[] {
  const group = openGroup(dir);
  group?.close();
  return group?.running() ?? [];
}

async function sendOne(nameServers: string, body: string): Promise<void> {
  const producer = createProducer({ nameServers, group: 'fast-try-check' });
  await producer.start();
  try {
    await producer.send({ topic: 'Kept', body });
  } finally {
    await producer.close();
  }
}

describe('fast-try', () => {
  test('starts, shows, survives a killed leader, stops, goes on with its data, and cleans up', {
    timeout: 180_000,
  }, async () => {
    const dir = folder();
    const base = await freePortBase(3);
    const nameServer = `127.0.0.1:${base}`;
    const started = await fastTry(dir, 'start', '--port-base', String(base));
    expect(started).toMatchObject({ code: 0 });
    expect(started.stdout).toMatch(/^n[012] leads \d+ ms after the start .*first SEND_OK came after \d+ ms\.$/m);
    expect(started.stdout).toMatch(/^Sent 1000 messages to topic FastTry in \d+ ms, and consumed all of them/m);
    expect(started.stdout).toContain(`export NAMESRV_ADDR=${nameServer}`);
    await sendOne(nameServer, 'before the stop');

    const shown = await fastTry(dir, 'status');
    expect(shown.code).toBe(0);
    const rows = rowsOf(shown.stdout);
    expect(rows.map(([name]) => name)).toEqual(['namesrv', 'n0', 'n1', 'n2']);
    expect(rows.map(([, , role]) => role).sort()).toEqual(['follower', 'follower', 'leader', 'runs']);

    const twice = await fastTry(dir, 'start');
    expect(twice).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The group in .* runs already \(namesrv, n0/),
    });
    expect(await fastTry(dir, 'clean')).toMatchObject({ code: 1, stderr: expect.stringContaining('stop first') });

    const killed = await fastTry(dir, 'kill-leader');
    expect(killed.code).toBe(0);
    const victim = /^Killed n(\d) \(process \d+, .*\) with SIGKILL\.$/m.exec(killed.stdout)?.[1];
    expect(killed.stdout).toMatch(/^The next send was acknowledged after \d+ ms; n\d leads now\.$/m);
    expect(runningIn(dir)).toHaveLength(3);
    const without = await fastTry(dir, 'status');
    expect(without.code).toBe(1);
    const victimsRow = rowsOf(without.stdout).find(([name]) => name === `n${victim}`);
    expect(victimsRow?.slice(1, -1)).toEqual(['-', 'stopped', '-', '-', '-', '-', '-']);
    const restarted = await fastTry(dir, 'restart', String(victim));
    expect(restarted.stdout).toMatch(new RegExp(`^n${victim} \\(process \\d+\\) serves after \\d+ ms\\.$`, 'm'));
    expect(runningIn(dir)).toHaveLength(4);
    const logs = await fastTry(dir, 'logs', `n${victim}`, '--lines', '1000');
    expect(logs.stdout.match(/boot success/g)).toHaveLength(2);

    expect(await fastTry(dir, 'stop')).toMatchObject({ code: 0 });
    expect(runningIn(dir)).toEqual([]);
    expect(existsSync(join(dir, 'store', 'n0'))).toBe(true);
    const stopped = await fastTry(dir, 'status');
    expect(rowsOf(stopped.stdout).map(([, , role]) => role)).toEqual(Array(4).fill('stopped'));

    expect(await fastTry(dir, 'start')).toMatchObject({ code: 0 });
    await sendOne(nameServer, 'after the start');
    const bodies = (await readBack(nameServer, 'Kept')).map(({ body }) => body);
    expect(bodies.sort()).toEqual(['after the start', 'before the stop']);

    expect(await fastTry(dir, 'stop')).toMatchObject({ code: 0 });
    expect(await fastTry(dir, 'clean')).toMatchObject({ code: 0 });
    expect(existsSync(dir)).toBe(false);
  });

  test('names the process that holds a port, and starts nothing', async () => {
    const dir = folder();
    const base = await freePortBase(3);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen({ port: base + 10, host: '127.0.0.1' }, resolve));
    atEnd(() => new Promise((resolve) => server.close(resolve)));
    const { code, stdout, stderr } = await fastTry(dir, 'start', '--port-base', String(base));
    expect(stderr).toContain(`${base + 10} (n0, clients): held by process ${process.pid} (`);
    expect(stderr).toContain('--port-base');
    expect([code, stdout]).toEqual([1, '']);
    expect(existsSync(join(dir, 'store'))).toBe(false);
    expect(runningIn(dir)).toEqual([]);
  });

  test('says which command does not exist, and what a command lacks', async () => {
    const dir = folder();
    expect(await fastTry(dir, 'begin')).toMatchObject({ code: 2, stderr: expect.stringContaining('no command begin') });
    expect(await fastTry(dir, 'restart')).toMatchObject({ code: 2, stderr: expect.stringContaining('restart needs') });
    expect(await fastTry(dir, 'stop')).toMatchObject({ code: 0 });
    expect(await fastTry(dir, 'kill-leader')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^No leader/) });
  });

  test('names all brokers of a set in its table, also one that comes to its place last', {
    timeout: 60_000,
  }, async () => {
    const base = await freePortBase(3);
    const { code, stdout } = await fastTry(folder(), 'start', '--conf', 'controller', '--port-base', String(base));
    expect(code).toBe(0);
    const rows = stdout.split('\n').filter((line) => line.startsWith('DefaultCluster'));
    expect(rows.map((row) => row.split(/ +/)[2]).sort()).toEqual(['0', expect.any(String), expect.any(String)]);
  });
});
