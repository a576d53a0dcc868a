import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FloorOrder } from '../floor/floor-server.ts';
import { SendFrames } from '../load/send-frames.ts';
import { BODY_BYTES } from '../load/send-load.ts';
import { QUEUES, type System, TOPIC } from './system.ts';

const START_MS = 10_000;

/** Starts the floor: two followers, then the leader. `program` = the bundled floor server. */
export async function startFloor(
  directory: string,
  program = fileURLToPath(new URL('./floor-server.js', import.meta.url)),
): Promise<System> {
  const { opaqueAt } = new SendFrames(TOPIC, QUEUES, BODY_BYTES);
  const children: ChildProcess[] = [];
  const launch = async (name: string, followers: readonly number[]): Promise<number> => {
    const child = fork(program, [], { stdio: 'inherit' });
    children.push(child);
    const order: FloorOrder = { directory: join(directory, name), followers, opaqueAt };
    child.send(order);
    const [port] = await once(child, 'message', { signal: AbortSignal.timeout(START_MS) });
    return port as number;
  };
  try {
    const followers = [await launch('f1', []), await launch('f2', [])];
    const port = await launch('leader', followers);
    const names = ['f1', 'f2', 'leader'];
    const processes = children.map(({ pid = 0 }, index) => ({ name: names[index] ?? '', pid })).reverse();
    const target = { host: '127.0.0.1', port, topic: TOPIC, queues: QUEUES, lengthIncludesItself: false };
    return { target, processes, stop: () => end(children) };
  } catch (error) {
    await end(children);
    throw error;
  }
}

async function end(children: readonly ChildProcess[]): Promise<void> {
  await Promise.all(
    children.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }),
  );
}
