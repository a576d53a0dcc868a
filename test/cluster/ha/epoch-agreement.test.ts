import { expect, test } from 'vitest';
import { cutPath, EpochAgreement } from '../../../cluster/ha/epoch-agreement.ts';
import { EpochFile } from '../../../cluster/ha/epoch-file.ts';
import type { HaLog } from '../../../cluster/ha/ha-log.ts';
import { createVirtualPlatform } from '../../support/virtual-platform.ts';

/** A log that tells the end of a cut when the test says so. */
function diverged(uncleanEpoch = 0) {
  const platform = createVirtualPlatform();
  const { disk } = platform;
  disk.makeDirectory('/store');
  const epochs = EpochFile.open(disk, '/store/epochFileCheckpoint');
  epochs.append(1, 0);
  epochs.append(2, 1_000);
  const cuts: ((error: undefined) => void)[] = [];
  const log = {
    minPosition: 0,
    confirmedPosition: 0,
    endPosition: 1_500,
    cut(end: number, done: (error: undefined) => void) {
      log.endPosition = end;
      cuts.push(done);
    },
  };
  const agreement = new EpochAgreement({
    disk,
    logger: platform.logger,
    root: '/store',
    log: log as unknown as HaLog,
    epochs,
    trustedEnd: () => undefined,
    uncleanEpoch: () => uncleanEpoch,
    fatal: (error) => {
      throw new Error(error.message);
    },
  });
  return { disk, epochs, cuts, log, agreement };
}

const ofMaster = {
  masterEpoch: 3,
  epochs: [
    { epoch: 1, startPosition: 0 },
    { epoch: 3, startPosition: 1_000 },
  ],
  minPosition: 0,
  endPosition: 2_000,
};

const proven = (_position: number, proved: () => void): void => proved();

test('nothing is cut before the master has shown that it has the same there', () => {
  const { disk, cuts, agreement } = diverged();
  const asked: number[] = [];
  const proofs: (() => void)[] = [];
  const prove = (position: number, proved: () => void): void => {
    asked.push(position);
    proofs.push(proved);
  };
  agreement.agree(ofMaster, prove, () => {});
  expect([asked, cuts.length, disk.exists(cutPath('/store'))]).toEqual([[1_000], 0, false]);
  proofs[0]?.();
  expect([cuts.length, disk.exists(cutPath('/store'))]).toEqual([1, true]);
});

test('a connection that comes while a cut is under way waits for its end, and what it brings is kept', () => {
  const { disk, epochs, cuts, agreement } = diverged();
  const agreed: string[] = [];
  agreement.agree(ofMaster, proven, () => agreed.push('first'));
  agreement.abandon();
  agreement.agree(ofMaster, proven, () => agreed.push('second'));
  expect([agreed, cuts.length, disk.exists(cutPath('/store'))]).toEqual([[], 1, true]);
  cuts[0]?.(undefined);
  expect([agreed, disk.exists(cutPath('/store'))]).toEqual([['first', 'second'], false]);
  agreement.extend(1_200);
  expect(epochs.entries).toEqual(ofMaster.epochs);
});

test('who is gone before the cut is over cuts nothing more', () => {
  const { cuts, log, agreement } = diverged();
  const agreed: string[] = [];
  agreement.agree(ofMaster, proven, () => agreed.push('first'));
  const shorter = { ...ofMaster, epochs: [{ epoch: 1, startPosition: 0 }], endPosition: 500 };
  agreement.agree(shorter, proven, () => agreed.push('second'));
  agreement.abandon();
  cuts[0]?.(undefined);
  expect([agreed, cuts.length, log.endPosition]).toEqual([['first'], 1, 1_000]);
});

test('what may have been acknowledged before an unclean election is not cut, though a killed broker has forgotten what was seen', () => {
  const { disk, cuts, log, agreement } = diverged(3);
  const problems: (string | undefined)[] = [];
  agreement.agree(ofMaster, proven, (problem) => problems.push(problem));
  expect(problems).toEqual([expect.stringContaining('the election of epoch 3 was unclean: the 500 bytes behind may')]);
  expect([cuts.length, disk.exists(cutPath('/store')), log.endPosition]).toEqual([0, false, 1_500]);
});

test('an unclean election before the end of the log was written hinders no cut', () => {
  const { cuts, agreement } = diverged(2);
  agreement.agree(ofMaster, proven, () => {});
  expect(cuts).toHaveLength(1);
});
