import { expect, test } from 'vitest';
import { nodeEngine } from '../../jepsen-lite/bin/engine.ts';
import type { SimProcess } from '../../jepsen-lite/sim/sim-process.ts';
import { SimWorld } from '../../jepsen-lite/sim/sim-world.ts';
import { Trace } from '../../jepsen-lite/sim/trace.ts';
import type { StoreLog } from '../../src/store/log-message-store.ts';
import type { NativeLog } from '../../src/store/native-log.ts';
import { openNativeStore } from '../../src/store/native-store.ts';
import { HOST, message, SMALL, TestOwner, Waiting } from './support.ts';

/** A store and the log below it, as replication takes it. */
function opened(process: SimProcess) {
  let log: NativeLog | undefined;
  class Replicated extends TestOwner {
    replicate(inner: NativeLog): StoreLog {
      log = inner;
      return { replicator: inner, records: inner };
    }
  }
  const native = openNativeStore(process, SMALL, new Replicated());
  if (typeof native === 'string') throw new Error(native);
  native.store.setStoreHost(HOST);
  native.start();
  return { store: native.store, log: log! };
}

test('a cut is told when it survives a power failure, not before', async () => {
  const world = new SimWorld(11, nodeEngine, new Trace());
  const first = world.start('a');
  const { store, log } = opened(first);
  store.put(message('T', 0, 'stays'), new Waiting());
  const end = log.endPosition;
  for (const body of ['goes', 'goes, too']) store.put(message('T', 0, body), new Waiting());
  await world.loop.run(2_000_000);
  expect(log.syncedPosition).toBe(log.endPosition);
  let told = false;
  log.cut(end, (error) => {
    expect(error).toBeUndefined();
    told = true;
    first.losePower('lost');
  });
  await world.loop.run(3_000_000);
  expect(told).toBe(true);
  expect(opened(world.start('a')).log.endPosition).toBe(end);
});
