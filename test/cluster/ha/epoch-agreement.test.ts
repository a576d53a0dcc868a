import { expect, test } from 'vitest';
import { cutPath, EpochAgreement } from '../../../cluster/ha/epoch-agreement.ts';
import { EpochFile } from '../../../cluster/ha/epoch-file.ts';
import type { HaLog } from '../../../cluster/ha/ha-log.ts';
import { createVirtualPlatform } from '../../support/virtual-platform.ts';

/** A log that tells the end of a cut when the test says so. */
function diverged(uncleanEpoch = 0, setId?: string, trustedEnd?: number) {
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
  const directory = {
    setId,
    belongsTo(told: string | undefined) {
      directory.setId = told ?? directory.setId;
    },
  };
  const agreement = new EpochAgreement({
    disk,
    logger: platform.logger,
    root: '/store',
    log: log as unknown as HaLog,
    epochs,
    directory,
    trustedEnd: () => trustedEnd,
    uncleanEpoch: () => uncleanEpoch,
    fatal: (error) => {
      throw new Error(error.message);
    },
  });
  return { disk, epochs, cuts, log, directory, agreement };
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

const nothing = { masterEpoch: 1, epochs: [{ epoch: 1, startPosition: 0 }], minPosition: 0, endPosition: 0 };

test("another set's log is never cut, however much of it looks the same", () => {
  for (const welcome of [ofMaster, nothing]) {
    const { cuts, log, directory, agreement } = diverged(0, 'one');
    const problems: (string | undefined)[] = [];
    agreement.agree({ ...welcome, setId: 'two' }, proven, (problem) => problems.push(problem));
    expect(problems).toEqual([expect.stringContaining("is that of the set one, and the master's that of two")]);
    expect([cuts.length, log.endPosition, directory.setId]).toEqual([0, 1_500, 'one']);
  }
});

test("a log that knows of no set is cut at its beginning for nobody, and is the master's set's where bytes have shown that", () => {
  for (const setId of ['two', undefined]) {
    const { cuts, log, directory, agreement } = diverged();
    const problems: (string | undefined)[] = [];
    agreement.agree({ ...nothing, setId }, proven, (problem) => problems.push(problem));
    expect(problems).toEqual([expect.stringContaining('its log of 1500 bytes has nothing in common')]);
    expect([cuts.length, log.endPosition, directory.setId]).toEqual([0, 1_500, undefined]);
  }
  const { cuts, directory, agreement } = diverged();
  agreement.agree({ ...ofMaster, setId: 'two' }, proven, () => {});
  expect(directory.setId).toBeUndefined();
  cuts[0]?.(undefined);
  expect(directory.setId).toBe('two');
});

test('a log that is whole is shown to be the same before it counts as one of the set', () => {
  const { directory, agreement } = diverged();
  const proofs: (() => void)[] = [];
  const same = { ...ofMaster, epochs: [...ofMaster.epochs.slice(0, 1), { epoch: 2, startPosition: 1_000 }] };
  const agreed: (string | undefined)[] = [];
  agreement.agree(
    { ...same, setId: 'two' },
    (_end, proved) => proofs.push(proved),
    (problem) => agreed.push(problem),
  );
  expect([proofs.length, agreed, directory.setId]).toEqual([1, [], undefined]);
  proofs[0]?.();
  expect([agreed, directory.setId]).toEqual([[undefined], 'two']);
});

test("the log of the same set is cut at its beginning, and an empty one becomes the set's", () => {
  const { cuts, agreement } = diverged(0, 'two');
  agreement.agree({ ...nothing, setId: 'two' }, proven, () => {});
  expect(cuts).toHaveLength(1);
  const empty = diverged(0, 'one');
  empty.log.endPosition = 0;
  empty.agreement.agree({ ...ofMaster, setId: 'two' }, proven, () => {});
  expect(empty.directory.setId).toBe('two');
});

test("a broker in doubt whose empty store has just begun where the master's log does follows it: below, it holds nothing that could be wrong", () => {
  const { log, epochs, cuts, agreement } = diverged(0, undefined, 0);
  epochs.cut(0);
  Object.assign(log, { minPosition: 2_000, confirmedPosition: 2_000, endPosition: 2_000 });
  const problems: (string | undefined)[] = [];
  const master = { ...ofMaster, minPosition: 2_000, endPosition: 3_000 };
  agreement.agree(master, proven, (problem) => problems.push(problem));
  expect([problems, cuts.length]).toEqual([[undefined], 0]);
});
