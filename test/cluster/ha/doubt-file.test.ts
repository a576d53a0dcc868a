import { describe, expect, it } from 'vitest';
import { DoubtFile, type StoreFacts } from '../../../cluster/ha/doubt-file.ts';
import { createVirtualPlatform } from '../../support/virtual-platform.ts';

function freshStore(): StoreFacts {
  const { disk } = createVirtualPlatform(1);
  disk.makeDirectory('/store');
  const facts = {
    unclean: false,
    hole: false,
    diskFailed: false,
    asyncAcks: true,
    epochs: [],
    empty: true,
    hasQueues: false,
    hasId: false,
    start: 'first',
  };
  return { disk, root: '/store', bootId: 'one', ...facts };
}

/** A store that was opened before under the boot `one`, whose last run acknowledged after fsyncs or before. */
function opened(asyncAcks: boolean): (facts: Partial<StoreFacts>) => boolean {
  const first = { ...freshStore(), asyncAcks };
  expect(new DoubtFile(first).inDoubt).toBe(false);
  return (facts) => new DoubtFile({ ...first, ...facts }).inDoubt;
}

const POWER = { unclean: true, bootId: 'two' } as const;
const KILL = { unclean: true } as const;

const EPOCHS = [{ epoch: 1, startPosition: 0 }];

describe('a replica is in doubt', () => {
  it.each([
    ['ASYNC_FLUSH', true, POWER, true],
    ['ASYNC_FLUSH', true, { ...KILL, hole: true }, true],
    ['ASYNC_FLUSH', true, { ...KILL, diskFailed: true }, true],
    ['ASYNC_FLUSH', true, KILL, false],
    ['ASYNC_FLUSH', true, { bootId: 'two' }, false],
    ['SYNC_FLUSH', false, POWER, false],
    // What was never fsynced, and so never acknowledged, was torn by the power failure.
    ['SYNC_FLUSH', false, { ...POWER, hole: true }, false],
    // On the same boot it is damage.
    ['SYNC_FLUSH', false, { ...KILL, hole: true }, true],
    ['SYNC_FLUSH', false, { ...KILL, diskFailed: true }, false],
  ])('%s %s %o: %s', (_mode, asyncAcks, facts, inDoubt) => {
    expect(opened(asyncAcks)(facts)).toBe(inDoubt);
  });

  it('by the flush mode of the run that acknowledged, not by that of now', () => {
    expect(opened(true)({ ...POWER, asyncAcks: false })).toBe(true);
    expect(opened(false)({ ...POWER, asyncAcks: true })).toBe(false);
  });
});

describe('a replica whose store is gone', () => {
  it('is in doubt where it has an id, over further starts, and nobody knows what it began', () => {
    const facts = { ...freshStore(), hasId: true };
    expect(new DoubtFile(facts)).toMatchObject({ inDoubt: true, begunEpoch: undefined });
    expect(new DoubtFile(facts).inDoubt).toBe(true);
  });

  it('is not in doubt in its first run, nor in later ones that find nothing yet', () => {
    const facts = freshStore();
    expect(new DoubtFile(facts).inDoubt).toBe(false);
    expect(new DoubtFile({ ...facts, hasId: true }).inDoubt).toBe(false);
  });

  it('is in doubt where the log is empty, and the epochs tell that it was not', () => {
    const facts = { ...freshStore(), hasId: true };
    new DoubtFile({ ...facts, hasId: false }).begins(2);
    const inDoubt = (epoch: number, startPosition: number, empty = true) =>
      new DoubtFile({ ...facts, epochs: [{ epoch, startPosition }], empty }).inDoubt;
    // Its own epoch, in which it has written nothing so far.
    expect(inDoubt(2, 0)).toBe(false);
    expect(inDoubt(2, 500, false)).toBe(false);
    expect(inDoubt(2, 500)).toBe(true);
    const other = new DoubtFile({ ...facts, epochs: EPOCHS });
    expect(other.inDoubt).toBe(true);
    other.over();
    expect(inDoubt(1, 0)).toBe(true);
  });

  it('is in doubt where the log is empty, and there are queues that came of it', () => {
    const facts = { ...freshStore(), hasId: true };
    new DoubtFile({ ...facts, hasId: false }).begins(1);
    expect(new DoubtFile({ ...facts, epochs: EPOCHS, hasQueues: true, empty: false }).inDoubt).toBe(false);
    expect(new DoubtFile({ ...facts, epochs: EPOCHS, hasQueues: true }).inDoubt).toBe(true);
  });
});

describe('the newest epoch that a replica began', () => {
  it('is none in a fresh store, and stays known over starts and a power failure', () => {
    const facts = freshStore();
    const file = new DoubtFile(facts);
    expect(file.begunEpoch).toBe(0);
    file.begins(7);
    expect(new DoubtFile({ ...facts, ...POWER, epochs: EPOCHS, empty: false })).toMatchObject({
      begunEpoch: 7,
      inDoubt: true,
    });
  });

  it('is not known where others wrote epochs before, or an older version did', () => {
    const facts = { ...freshStore(), epochs: EPOCHS, empty: false };
    const file = new DoubtFile(facts);
    expect(file.begunEpoch).toBeUndefined();
    expect(new DoubtFile({ ...facts, epochs: [] }).begunEpoch).toBeUndefined();
    file.begins(3);
    expect(new DoubtFile(facts).begunEpoch).toBe(3);
  });
});

describe('the starts of a store', () => {
  it('are those since the controllers are known to have heard of one', () => {
    const facts = freshStore();
    const started = (start: string) => new DoubtFile({ ...facts, start });
    expect(started('a').starts).toEqual(['a']);
    const second = started('b');
    expect(second.starts).toEqual(['a', 'b']);
    second.registered();
    expect(second.starts).toEqual(['b']);
    for (let n = 0; n < 500; n++) started(`${n}`);
    const { starts } = started('c');
    expect([starts.length, starts[0], starts.at(-1)]).toEqual([102, 'b', 'c']);
  });
});
