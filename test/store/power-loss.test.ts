import { expect, test } from 'vitest';
import { Chance } from '../../jepsen-lite/sim/chance.ts';
import { openNativeStore } from '../../src/store/native-store.ts';
import { VirtualWorld } from '../support/virtual-platform.ts';
import { decode, point, TINY, texts } from './native-support.ts';
import { message, putNow, readQueue, startStore, TestOwner } from './support.ts';

const SEEDS = 150;
const ASYNC = { ...TINY, syncIntervalMs: 5_000 };

/** How a start after the loss went. */
type Ending = 'whole' | 'cut' | 'by order';

/**
 * Sends under ASYNC_FLUSH, loses power with any part of what was not fsynced, starts again. Gives how that went; fails where fsynced messages are gone, or
 * something that nobody sent is there.
 */
function lose(seed: number): Ending {
  const world = new VirtualWorld(seed);
  const chance = new Chance(seed, 'sizes');
  const platform = world.start('a');
  const native = startStore(platform, ASYNC);
  const sent: string[] = [];
  let synced = 0;
  for (let i = 0; i < 40; i++) {
    const body = `${i} ${'x'.repeat(chance.below(700))}`;
    putNow(platform, native.store, message('T', 0, body, { UNIQ_KEY: `u${i}`, KEYS: `k${i}` }));
    sent.push(body);
    if (chance.below(12) !== 0) continue;
    point(platform, native);
    synced = sent.length;
  }
  platform.crash({ machine: true, unsynced: 'random' });

  const again = world.start('a');
  const opened = openNativeStore(again, ASYNC, new TestOwner());
  if (typeof opened !== 'string') opened.close(() => undefined);
  let cutAt: number | undefined;
  if (typeof opened === 'string') {
    const order = /^\/store\/commitlog\/\d{20} is damaged at position (\d+): .* --cut-at (\d+)$/.exec(opened);
    expect(order?.[1], `seed ${seed}: ${opened}`).toBe(order?.[2]);
    cutAt = Number(order?.[2]);
  }
  again.crash();
  const last = world.start('a');
  const { store } = startStore(last, cutAt === undefined ? ASYNC : { ...ASYNC, cutAt });
  const kept = readQueue(last, store, 'T', 0);
  expect(texts(kept), `seed ${seed}`).toEqual(sent.slice(0, kept.length));
  expect(kept.length, `seed ${seed}`).toBeGreaterThanOrEqual(synced);
  for (const [i, record] of kept.entries()) {
    expect(decode(record).properties, `seed ${seed}`).toBe(`UNIQ_KEY\u0001u${i}\u0002KEYS\u0001k${i}\u0002`);
  }
  putNow(last, store, message('T', 0, 'goes on'));
  expect(store.maxOffset('T', 0)).toBe(kept.length + 1);
  if (cutAt !== undefined) return 'by order';
  return kept.length === sent.length ? 'whole' : 'cut';
}

test(`a power loss under ASYNC_FLUSH takes no fsynced message, invents none, and cuts silently only at the end (${SEEDS} seeds)`, () => {
  const endings = new Map<Ending, number>();
  for (let seed = 0; seed < SEEDS; seed++) {
    const ending = lose(seed);
    endings.set(ending, (endings.get(ending) ?? 0) + 1);
  }
  // Every kind has to come up, else this test looks at nothing.
  for (const ending of ['whole', 'cut', 'by order'] as const)
    expect(endings.get(ending) ?? 0, ending).toBeGreaterThan(0);
});
