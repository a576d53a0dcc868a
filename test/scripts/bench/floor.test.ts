import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FloorFollower } from '../../../scripts/bench/floor/floor-follower.ts';
import { FloorLeader } from '../../../scripts/bench/floor/floor-leader.ts';
import { PullLoad } from '../../../scripts/bench/load/pull-load.ts';
import { SendFrames } from '../../../scripts/bench/load/send-frames.ts';
import { BODY_BYTES, SendLoad } from '../../../scripts/bench/load/send-load.ts';
import { Tally } from '../../../scripts/bench/load/window.ts';

const ENOUGH = 500;

/** Tells when enough messages are counted. */
class CountingTally extends Tally {
  readonly enough: Promise<void>;
  #reached: () => void = () => {};

  constructor() {
    super();
    this.enough = new Promise((resolve) => {
      this.#reached = resolve;
    });
  }

  override add(count: number, sentMs: number, nowMs: number): void {
    super.add(count, sentMs, nowMs);
    if (this.total >= ENOUGH) this.#reached();
  }
}

let directory: string;
const servers: Server[] = [];
const files: number[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'floor-'));
});

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const fd of files.splice(0)) closeSync(fd);
  rmSync(directory, { recursive: true });
});

function openLog(name: string): number {
  const fd = openSync(join(directory, name), 'w+');
  files.push(fd);
  return fd;
}

async function listen(node: FloorFollower | FloorLeader): Promise<number> {
  const server = createServer((socket) => node.accept(socket));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

it('keeps what it acknowledged on all three, byte for byte, and gives it to readers', async () => {
  const topic = { topic: 'T', queues: 4, lengthIncludesItself: false, host: '127.0.0.1' };
  const { opaqueAt, frameBytes } = new SendFrames(topic.topic, topic.queues, BODY_BYTES);
  const followers = [await listen(new FloorFollower(openLog('f1'))), await listen(new FloorFollower(openLog('f2')))];
  const leader = new FloorLeader(openLog('leader'), followers, opaqueAt);
  const target = { ...topic, port: await listen(leader) };
  const sent = new CountingTally();
  const send = new SendLoad(target, { connections: 3, inFlight: 40 }, sent);
  await send.open();
  send.start();
  await Promise.race([sent.enough, send.failed]);
  await Promise.race([send.stop(), send.failed]);
  const read = new CountingTally();
  const pull = new PullLoad(target, read);
  await pull.open();
  pull.start();
  await Promise.race([read.enough, pull.failed]);
  await Promise.race([pull.stop(), pull.failed]);
  send.close();
  pull.close();
  leader.close();
  // The slowest of the three is waited for by nobody.
  await vi.waitFor(() => {
    const logs = ['leader', 'f1', 'f2'].map((name) => readFileSync(join(directory, name)));
    for (const log of logs) {
      expect(log.length).toBe(sent.total * frameBytes);
      expect(log.equals(logs[0]!)).toBe(true);
    }
  });
});
