import { describe, expect, it } from 'vitest';
import { DoubtFile, type StoreFacts } from '../../../cluster/ha/doubt-file.ts';
import { createVirtualPlatform } from '../../support/virtual-platform.ts';

function freshStore(): StoreFacts {
  const { disk } = createVirtualPlatform(1);
  disk.makeDirectory('/store');
  const facts = { unclean: false, hole: false, diskFailed: false, asyncAcks: true, hasEpochs: false };
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

describe('the newest epoch that a replica began', () => {
  it('is none in a fresh store, and stays known over starts and a power failure', () => {
    const facts = freshStore();
    const file = new DoubtFile(facts);
    expect(file.begunEpoch).toBe(0);
    file.begins(7);
    expect(new DoubtFile({ ...facts, ...POWER, hasEpochs: true })).toMatchObject({ begunEpoch: 7, inDoubt: true });
  });

  it('is not known where others wrote epochs before, or an older version did', () => {
    const facts = { ...freshStore(), hasEpochs: true };
    const file = new DoubtFile(facts);
    expect(file.begunEpoch).toBeUndefined();
    expect(new DoubtFile({ ...facts, hasEpochs: false }).begunEpoch).toBeUndefined();
    file.begins(3);
    expect(new DoubtFile(facts).begunEpoch).toBe(3);
  });
});
