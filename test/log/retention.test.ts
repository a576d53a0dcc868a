import { expect, it } from 'vitest';
import { deleteFiles, filesToDelete, type RetentionRule, retainedFiles } from '../../src/log/retention.ts';
import { createVirtualPlatform } from '../support/virtual-platform.ts';
import { appendUnit, openLog, persist } from './test-envelope.ts';

const timestamps = new Map([
  [0, 100],
  [1024, 500],
  [2048, 900],
]);

const rule: RetentionRule = {
  nowMs: 1000,
  reservedMs: 300,
  safePosition: 4096,
  forced: false,
  maxFiles: 10,
  lastTimestamp: (file) => timestamps.get(file.start),
};

function logOfFourFiles() {
  const platform = createVirtualPlatform();
  const log = openLog(platform);
  log.start(0);
  for (let i = 0; i < 4; i++) appendUnit(log, 1000, i);
  persist(platform, log);
  return { platform, log };
}

it.each([
  ['age of the last record', {}, [0, 1024]],
  ['the safe position', { safePosition: 2047 }, [0]],
  ['files per run', { maxFiles: 1 }, [0]],
  ['force: young files too', { forced: true }, [0, 1024, 2048]],
  ['force below the safe position only', { forced: true, safePosition: 1024 }, [0]],
  ['an unknown age, which keeps a file and all behind it', { lastTimestamp: () => undefined }, []],
])('decides by %s', (_what, change, starts) => {
  const { log } = logOfFourFiles();
  const files = filesToDelete(retainedFiles(log), { ...rule, ...change });
  expect(files.map(({ start }) => start)).toEqual(starts);
});

it('removes and logs each file with its age', () => {
  const { platform, log } = logOfFourFiles();
  const files = filesToDelete(retainedFiles(log), rule);
  expect(deleteFiles(log, files, platform.logger)).toHaveLength(2);
  expect(log.minPosition).toBe(2048);
  expect(platform.disk.list('/log')).toHaveLength(2);
  expect(JSON.stringify(platform.logger)).toContain('"ageMs":900');
});
