import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSchedule } from '../../../jepsen-lite/bin/read-schedule.ts';
import { readSeedList } from '../../../jepsen-lite/bin/read-seed-list.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledgermq-schedule-'));
const file = join(folder, 'faults.json');
afterAll(() => rmSync(folder, { recursive: true }));

const run = { mode: 'dledger', nodes: 3, minutes: 1 } as const;
const kill = { kind: 'kill', atMs: 4_568, target: 'leader', forMs: 1_519 };

function read(faults: unknown): unknown {
  writeFileSync(file, JSON.stringify(faults));
  return readSchedule(file, run);
}

test('a schedule is read as it stands', () => {
  const faults = [kill, { ...kill, target: 'n2', other: 'n0', amount: 2, mode: 'read index' }];
  expect(read(faults)).toEqual(faults);
  expect(read([])).toEqual([]);
  expect(readSchedule(undefined, run)).toBeUndefined();
});

const mistakes: readonly [string, unknown, string][] = [
  ['a fault that is none', [7], 'fault 1: 7 is no fault'],
  ['no kind', [{ ...kill, kind: undefined }], 'fault 1: it has no kind'],
  ['an unknown kind', [kill, { ...kill, kind: 'flood' }], 'fault 2: in dledger mode there is no kind of fault flood'],
  ['an unknown field', [{ ...kill, when: 3 }], 'fault 1: there is no field when'],
  ['no time', [{ ...kill, atMs: undefined }], 'fault 1: it has no atMs'],
  ['a time before the start', [{ ...kill, atMs: -1 }], 'fault 1: atMs -1: milliseconds, not below 0'],
  ['a time that is none', [{ ...kill, atMs: 'soon' }], 'fault 1: atMs "soon": milliseconds'],
  ['a time behind the end', [{ ...kill, atMs: 60_000 }], 'fault 1: atMs 60000: the run has only 60000 ms'],
  ['no duration', [{ ...kill, forMs: undefined }], 'fault 1: it has no forMs'],
  ['a duration that is none', [{ ...kill, forMs: null }], 'fault 1: forMs null: milliseconds'],
  ['no target', [{ ...kill, target: undefined }], 'fault 1: it has no target'],
  [
    'a member that is not there',
    [{ ...kill, target: 'n9' }],
    'fault 1: target n9: one of leader, follower, other-follower, all or n0 to n2',
  ],
  ['another that is not there', [{ ...kill, other: 'n3' }], 'fault 1: other n3: one of'],
  ['an amount that is no number', [{ ...kill, amount: 'much' }], 'fault 1: amount "much" is no number'],
  ['a mode that is no text', [{ ...kill, mode: 1 }], 'fault 1: mode 1 is no text'],
  ['no list', { faults: [] }, 'a JSON list of faults is needed'],
];

test.each(mistakes)('%s is refused with a sentence', (_name, faults, sentence) => {
  expect(() => read(faults)).toThrow(`--schedule ${file}: ${sentence}`);
});

test('five members have an n4', () => {
  const faults = [{ ...kill, target: 'n4' }];
  writeFileSync(file, JSON.stringify(faults));
  expect(readSchedule(file, { ...run, nodes: 5 })).toEqual(faults);
});

test('the faults of every listed seed can happen in its run', () => {
  const listed = readSeedList(join(import.meta.dirname, '../../../jepsen-lite/seeds.txt'));
  const withFaults = listed.filter((each) => each.file !== undefined);
  expect(withFaults.length).toBeGreaterThan(5);
  for (const each of withFaults) expect(readSchedule(each.file, each)?.length).toBeGreaterThan(0);
});
