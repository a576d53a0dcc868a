import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { NamespaceNetwork } from '../../../../jepsen-lite/live/network/namespace-network.ts';
import { createNodePlatform } from '../../../../src/platform/node/node-platform.ts';
import { mayMakeNamespaces } from '../../../support/rights.ts';
import { Undoes } from '../undoes.ts';

const undoes = new Undoes();
const children: ChildProcess[] = [];
let network: NamespaceNetwork | undefined;
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await network?.close();
  await undoes.end();
});

const PORT = 7_777;
/** Answers every byte with one, to whoever dials it. */
const echo = `require('node:net').createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(${PORT}, '0.0.0.0', () => console.log('up'))`;

async function lay(): Promise<NamespaceNetwork> {
  const ports = new Map([
    ['n0', [PORT]],
    ['ns', []],
  ]);
  const failed = (error: Error): void => {
    throw error;
  };
  const asked = new Map<string, readonly number[]>();
  const platform = createNodePlatform();
  network = await NamespaceNetwork.lay({ platform, ports, asked, watchdog: undoes, failed });
  const [command = '', ...args] = [...network.commandPrefix('n0'), process.execPath, '-e', echo];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return network;
}

const PATIENCE_MS = 700;

/** Does n0 answer whoever dials there? */
function answers(address: string | undefined): Promise<boolean> {
  const [host, port] = (address ?? '').split(':');
  const socket = connect({ host, port: Number(port) });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => done(false), PATIENCE_MS);
    const done = (answer: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    socket.once('error', reject);
    socket.once('connect', () => socket.write('x'));
    socket.once('data', () => done(true));
  });
}

describe.runIf(mayMakeNamespaces())('network namespaces', () => {
  test('a party is reached over its link, and past it; a cut in either direction is silent', async () => {
    const { links, detours, host } = await lay();
    const overLink = detours.get('clients')?.[`127.0.0.1:${PORT}`];
    const past = `${host.replace(/\d+$/, '129')}:${PORT}`;
    expect(await answers(overLink)).toBe(true);
    for (const [from, to] of [
      ['n0', 'clients'],
      ['clients', 'n0'],
    ] as const) {
      links.cut(from, to);
      await links.settled();
      expect(await answers(overLink)).toBe(false);
      expect(await answers(past)).toBe(true);
      links.heal(from, to);
      await links.settled();
      expect(await answers(overLink)).toBe(true);
    }
  });

  test('nothing is left when the namespaces are deleted and their processes are gone', async () => {
    const { host } = await lay();
    const isThere = (): boolean =>
      Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === host));
    expect(isThere()).toBe(true);
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await undoes.end();
    await expect.poll(isThere).toBe(false);
  });
});
