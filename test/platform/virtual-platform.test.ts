import { expect, test } from 'vitest';
import type { DiskError, Listener, NetworkError, Socket } from '../../src/platform/ports.ts';
import { createVirtualPlatform, VirtualWorld } from '../support/virtual-platform.ts';

test('timers fire in order of time, and the end of a turn comes after all that is due at its instant', () => {
  const { world, timers, clock } = createVirtualPlatform();
  const seen: string[] = [];
  timers.after(20, () => seen.push(`late ${clock.monotonicMs()}`));
  timers.after(10, () => {
    seen.push('first');
    timers.endOfTurn(() => seen.push('end of turn'));
  });
  timers.after(10, () => seen.push('second'));
  const cancelled = timers.after(15, () => seen.push('never'));
  timers.cancel(cancelled);
  const every = timers.every(8, () => seen.push('every'));
  world.advance(17);
  timers.cancel(every);
  world.advance(100);
  expect(seen).toEqual(['every', 'first', 'second', 'end of turn', 'every', 'late 20']);
  expect(timers.pending).toBe(0);
});

test('promises drain between turns', async () => {
  const { world, timers } = createVirtualPlatform();
  const sleep = (ms: number) => new Promise<void>((resolve) => timers.after(ms, resolve));
  const work = async () => {
    for (let turn = 0; turn < 5; turn++) await sleep(10);
    return world.nowMs;
  };
  expect(await world.settle(work())).toBe(50);
});

test('random streams depend on the seed alone', () => {
  const draw = (seed: number) =>
    Array.from({ length: 4 }, () => 0).map(() => new VirtualWorld(seed).start('n0').random.uniform());
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

/** A file with 'durable' synced and 'volatile' written behind it, on a machine of its own. */
function halfSyncedFile() {
  const platform = createVirtualPlatform();
  platform.disk.makeDirectory('/data');
  const file = platform.disk.open('/data/log', { create: true });
  file.writeSync(Buffer.from('durable'), 0);
  file.syncNow();
  platform.disk.syncDirectory('/data');
  file.writeSync(Buffer.from(' volatile'), 7);
  return platform;
}

test('a process crash keeps the page cache, a machine crash loses what was not synced', () => {
  const killed = halfSyncedFile();
  killed.crash();
  expect(killed.world.start('local').disk.readFile('/data/log')?.toString()).toBe('durable volatile');

  const unplugged = halfSyncedFile();
  const bootId = unplugged.process.bootId();
  unplugged.crash({ machine: true });
  const next = unplugged.world.start('local');
  expect(next.disk.readFile('/data/log')?.toString()).toBe('durable');
  expect(next.process.bootId()).not.toBe(bootId);
});

test('names are durable only after the directory was synced', () => {
  const platform = createVirtualPlatform();
  const { disk } = platform;
  disk.makeDirectory('/data');
  for (const name of ['synced', 'unsynced']) {
    const file = disk.open(`/data/${name}`, { create: true });
    file.writeSync(Buffer.from(name), 0);
    file.syncNow();
    if (name === 'synced') disk.syncDirectory('/data');
  }
  disk.remove('/data/synced');
  platform.crash({ machine: true });
  expect(platform.world.start('local').disk.list('/data')).toEqual(['synced']);
});

test('a removed tree comes back whole where its names were not synced', () => {
  const platform = halfSyncedFile();
  platform.disk.rename('/data', '/moved');
  platform.disk.removeTree('/moved');
  platform.crash({ machine: true });
  const { disk } = platform.world.start('local');
  expect(disk.readFile('/moved/log')?.toString()).toBe('durable');
  expect([disk.exists('/moved'), disk.exists('/data')]).toEqual([true, false]);
});

test('a failed sync makes nothing durable, and neither does one after it', () => {
  const platform = halfSyncedFile();
  const file = platform.disk.open('/data/log', { create: false });
  platform.disk.image.fail({ operation: 'sync', code: 'EIO' });
  const errors: (string | undefined)[] = [];
  file.sync((error) => errors.push(error?.code));
  platform.world.advance(1);
  file.sync((error) => errors.push(error?.code));
  platform.world.advance(1);
  expect(errors).toEqual(['EIO', undefined]);
  platform.crash({ machine: true });
  expect(platform.world.start('local').disk.readFile('/data/log')?.toString()).toBe('durable');
});

test('a full disk shows as ENOSPC behind a short write', () => {
  const { world, disk } = createVirtualPlatform();
  disk.makeDirectory('/data');
  disk.image.capacityBytes = 2 * 4096;
  const file = disk.open('/data/log', { create: true });
  let result: [DiskError | undefined, number] | undefined;
  file.write([Buffer.alloc(5000, 1), Buffer.alloc(5000, 2)], 0, (error, written) => {
    result = [error, written];
  });
  expect(result).toBeUndefined();
  world.advance(1);
  expect(result?.[0]?.code).toBe('ENOSPC');
  expect(result?.[1]).toBe(8192);
  expect(file.size()).toBe(8192);
});

test('a crash tears a write in flight where the test says', () => {
  const platform = createVirtualPlatform();
  platform.disk.makeDirectory('/data');
  const file = platform.disk.open('/data/log', { create: true });
  let called = false;
  file.write([Buffer.from('abc'), Buffer.from('def')], 0, () => {
    called = true;
  });
  platform.crash({ inFlightBytes: 4 });
  const next = platform.world.start('local');
  platform.world.advance(10);
  expect(next.disk.readFile('/data/log')?.toString()).toBe('abcd');
  expect(called).toBe(false);
  expect(() => platform.disk.exists('/data') && file.readSync(Buffer.alloc(1), 0)).toThrow('crashed');
});

/** Two machines with a connection between them; what each side saw is in `seen`. */
function connected() {
  const world = new VirtualWorld();
  const [a, b] = [world.start('a'), world.start('b')];
  const seen: string[] = [];
  const handlers = (side: string) => ({
    onOpen: () => seen.push(`${side} open`),
    onData: (chunk: Buffer) => seen.push(`${side} ${chunk}`),
    onClose: (reason: NetworkError | undefined) => seen.push(`${side} closed ${reason?.code ?? 'cleanly'}`),
  });
  let accepted: Socket | undefined;
  let listener: Listener | NetworkError | undefined;
  const onConnection = (socket: Socket) => {
    accepted = socket;
    socket.setHandlers(handlers('b'));
  };
  b.network.listen({ host: '0.0.0.0', port: 10911 }, onConnection, (result) => {
    listener = result;
  });
  world.advance(1);
  const dialled = a.network.connect({ host: 'b', port: 10911 }, handlers('a'));
  world.advance(1);
  return { world, a, b, seen, dialled, accepted: accepted as Socket, listener };
}

test('a cut link holds everything back, and delivers it in order when it is healed', () => {
  const { world, seen, dialled, accepted } = connected();
  world.fabric.cutOneWay('a', 'b');
  dialled.write([Buffer.from('1')]);
  dialled.write([Buffer.from('2')]);
  accepted.write([Buffer.from('back')]);
  world.advance(1000);
  expect(seen).toEqual(['a open', 'a back']);
  world.fabric.heal('a', 'b');
  world.advance(1);
  expect(seen).toEqual(['a open', 'a back', 'b 1', 'b 2']);
});

test('a reader that pauses fills the window, and the writer drains when it goes on', () => {
  const { world, dialled, accepted } = connected();
  world.fabric.windowBytes = 1000;
  let received = 0;
  let drained = 0;
  accepted.setHandlers({
    onData: (chunk) => {
      received += chunk.length;
    },
    onClose: () => {},
  });
  dialled.setHandlers({
    onData: () => {},
    onDrain: () => {
      drained++;
    },
    onClose: () => {},
  });
  accepted.pause();
  expect(dialled.write([Buffer.alloc(100_000)])).toBe(false);
  world.advance(10);
  expect([dialled.bufferedBytes, received, drained]).toEqual([99_000, 0, 0]);
  accepted.resume();
  world.advance(100);
  expect([dialled.bufferedBytes, received, drained]).toEqual([0, 100_000, 1]);
});

test('ends, resets and deaths are told apart by the other side', () => {
  const clean = connected();
  clean.dialled.write([Buffer.from('last words')]);
  clean.dialled.end();
  clean.world.advance(1);
  expect(clean.seen).toEqual(['a open', 'b last words', 'b closed cleanly', 'a closed cleanly']);

  const killed = connected();
  killed.b.crash();
  killed.world.advance(1);
  expect(killed.seen).toEqual(['a open', 'a closed cleanly']);

  const unplugged = connected();
  unplugged.b.crash({ machine: true });
  unplugged.dialled.write([Buffer.from('hello?')]);
  unplugged.world.advance(1000);
  expect(unplugged.seen).toEqual(['a open']);
  unplugged.world.start('b');
  unplugged.dialled.write([Buffer.from('hello?')]);
  unplugged.world.advance(1);
  expect(unplugged.seen).toEqual(['a open', 'a closed ECONNRESET']);

  const reset = connected();
  reset.world.fabric.reset('a', 'b');
  reset.world.advance(1);
  expect(reset.seen).toEqual(['a open', 'a closed ECONNRESET', 'b closed ECONNRESET']);
});

test('a busy port, a refused connection and an unknown name are values', () => {
  const { world, a, b } = connected();
  const codes: string[] = [];
  b.network.listen(
    { host: '0.0.0.0', port: 10911 },
    () => {},
    (result) => {
      if ('code' in result) codes.push(result.code);
    },
  );
  for (const address of [
    { host: 'b', port: 1 },
    { host: 'nowhere', port: 1 },
  ]) {
    a.network.connect(address, { onData: () => {}, onClose: (reason) => codes.push(reason?.code ?? '') });
  }
  world.advance(1);
  expect(codes.sort()).toEqual(['EADDRINUSE', 'ECONNREFUSED', 'ENOTFOUND']);
});
