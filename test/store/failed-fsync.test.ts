import { expect, test } from 'vitest';
import { nodeEngine } from '../../jepsen-lite/bin/engine.ts';
import type { SimProcess } from '../../jepsen-lite/sim/sim-process.ts';
import { SimWorld } from '../../jepsen-lite/sim/sim-world.ts';
import { Trace } from '../../jepsen-lite/sim/trace.ts';
import { type NativeStore, openNativeStore } from '../../src/store/native-store.ts';
import { TINY } from './native-support.ts';
import { HOST, message, TestOwner, Waiting } from './support.ts';

function started(process: SimProcess, owner = new TestOwner(), syncFlush = true): NativeStore {
  const native = openNativeStore(process, { ...TINY, syncFlush }, owner);
  if (typeof native === 'string') throw new Error(native);
  native.store.setStoreHost(HOST);
  native.start();
  return native;
}

test('after a failed fsync the next start writes anew what passes for clean, and forgets the failure', async () => {
  const world = new SimWorld(7, nodeEngine, new Trace());
  const first = world.start('a');
  const owner = new TestOwner();
  const native = started(first, owner);
  const stored = new Waiting();
  native.store.put(message('T', 0, 'before'), stored);
  await world.loop.run(1_000_000);
  expect(stored.outcome).toBe('stored');
  // The note of the failure fails once, too.
  for (const path of ['commitlog', 'diskerror']) first.disk.image.plan({ operation: 'sync', code: 'EIO', path });
  const waiting = new Waiting();
  native.store.put(message('T', 0, 'a'), waiting);
  await world.loop.run(3_000_000);
  expect(owner.fatals.map(({ code }) => code)).toEqual(['EIO']);
  expect(waiting.outcome).toBeUndefined();
  first.kill();

  const second = world.start('a');
  const again = started(second);
  expect(again.diskFailed).toBe(true);
  expect(again.store.maxOffset('T', 0)).toBe(2);
  second.losePower('lost');

  const last = started(world.start('a'));
  expect(last.diskFailed).toBe(false);
  expect(last.store.maxOffset('T', 0)).toBe(2);
});

test.each([true, false])(
  'an fsync without room is as final as any other (SYNC_FLUSH: %s): pages may be lost already',
  async (syncFlush) => {
    const world = new SimWorld(8, nodeEngine, new Trace());
    const process = world.start('a');
    const owner = new TestOwner();
    const native = started(process, owner, syncFlush);
    // Its file is there.
    native.store.put(message('T', 0, 'before'), new Waiting());
    await world.loop.run(1_000_000);
    process.disk.image.plan({ operation: 'sync', code: 'ENOSPC', path: 'commitlog' });
    const waiting = new Waiting();
    native.store.put(message('T', 0, 'a'), waiting);
    await world.loop.run(4_000_000);
    expect(owner.fatals.map(({ code }) => code)).toEqual(['ENOSPC']);
    expect(waiting.outcome).toBe(syncFlush ? undefined : 'stored');
    expect(native.store.refusal()?.text).toContain('the disk failed');
  },
);

test('under ASYNC_FLUSH writes go on while an fsync takes long', async () => {
  const world = new SimWorld(9, nodeEngine, new Trace());
  const process = world.start('a');
  const native = started(process, new TestOwner(), false);
  process.disk.image.speed = { lowMicros: 20, highMicros: 50, syncLowMicros: 3_000_000, syncHighMicros: 3_000_000 };
  for (let at = 1; at <= 20; at++) {
    const waiting = new Waiting();
    native.store.put(message('T', 0, `${at}`), waiting);
    await world.loop.run(world.loop.nowMicros + 100_000);
    expect(waiting.outcome).toBe('stored');
  }
});
