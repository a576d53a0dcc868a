import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { entryHeaderBytes, sealEntry, writeBlank } from '../../../../cluster/raft-storage/entry.ts';
import { checkReplicas } from '../../../../jepsen-lite/checker/replica-checker.ts';
import type { LiveGroup } from '../../../../jepsen-lite/live/chaos/live-group.ts';
import { entriesOf, realFiles, segmentFiles } from '../../../../jepsen-lite/live/chaos/raft-files.ts';
import { liveRotFaults } from '../../../../jepsen-lite/live/chaos/rot-faults.ts';
import { ROT_PARTS, rotFiles, rotModes, tearTail } from '../../../../jepsen-lite/live/chaos/spoil-files.ts';
import { groupReplica, nativeReplica } from '../../../../jepsen-lite/replica/replica-files.ts';
import { atOnce } from '../../../../jepsen-lite/replica/steps.ts';
import { encodeRecord, recordSize } from '../../../../src/protocol/message/record.ts';

const SEGMENT = 1_000;
const BODY = 152;
const ENTRY = entryHeaderBytes + BODY;
/** Four entries fit into a file, the rest is blank. */
const PER_FILE = 4;
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A member's folder with so many entries, of which the last file is not full. */
function member(entries: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'ledgermq-chaos-'));
  folders.push(folder);
  const data = join(folder, 'data');
  mkdirSync(data);
  mkdirSync(join(folder, 'snapshots'));
  writeFileSync(join(folder, 'hardstate'), Buffer.alloc(8_192, 7));
  for (let first = 0; first < entries; first += PER_FILE) {
    const start = (first / PER_FILE) * SEGMENT;
    const file = Buffer.alloc(SEGMENT);
    const count = Math.min(PER_FILE, entries - first);
    for (let at = 0; at < count; at++) {
      file.fill(first + at + 1, at * ENTRY + entryHeaderBytes, (at + 1) * ENTRY);
      sealEntry(file, at * ENTRY, BODY, first + at + 1, 1, start + at * ENTRY, 1);
    }
    if (count === PER_FILE) writeBlank(file, count * ENTRY, SEGMENT - count * ENTRY);
    writeFileSync(join(data, String(start).padStart(20, '0')), file);
  }
  return folder;
}

const indexes = (folder: string): number[] =>
  segmentFiles(join(folder, 'data')).flatMap((file) => [...entriesOf(file)].map(({ index }) => index));

const judge = (folders: readonly string[], commit: number) =>
  checkReplicas(
    folders.map((folder, number) => atOnce(groupReplica(realFiles, `n${number}`, folder, folder, commit))),
    [],
    { healed: true },
  );

test('entries are found over several files, up to what was never written', () => {
  expect(indexes(member(10))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

describe('files of members', () => {
  test('that are equal up to commit are valid', () => {
    expect(judge([member(10), member(9)], 9)).toMatchObject({ valid: true, counts: { compared: 18 } });
  });

  test('of which one lacks an entry or holds other bytes are not', () => {
    expect(judge([member(10), member(8)], 9).counts).toMatchObject({ 'missing-entry': 1 });
    const rotten = member(10);
    rotFiles(rotten, 'flip', 5_000, 800);
    expect(judge([member(10), rotten], 10).counts).toMatchObject({ 'log-mismatch': 1 });
  });
});

test('a native log counts record by record, over several files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledgermq-chaos-'));
  folders.push(folder);
  mkdirSync(join(folder, 'commitlog'));
  const record = (queueOffset: number, position: number): Buffer => {
    const [body, topic, properties, host] = [Buffer.from('x'), Buffer.from('A'), Buffer.alloc(0), Buffer.alloc(8)];
    const numbers = { flag: 0, sysFlag: 0, bornTimestamp: 0, storeTimestamp: 0, reconsumeTimes: 0 };
    const place = { queueId: 2, queueOffset, position, preparedTransactionOffset: 0 };
    const fields = { ...numbers, ...place, body, topic, properties, bornHost: host, storeHost: host };
    const bytes = Buffer.alloc(recordSize(fields));
    encodeRecord(bytes, 0, fields);
    return bytes;
  };
  const size = record(0, 0).length;
  const file = (start: number, records: readonly Buffer[]): void => {
    const bytes = Buffer.alloc(3 * size);
    for (const [at, each] of records.entries()) bytes.set(each, at * size);
    writeFileSync(join(folder, 'commitlog', String(start).padStart(20, '0')), bytes);
  };
  file(0, [record(0, 0), record(1, size), record(2, 2 * size)]);
  file(3 * size, [record(3, 3 * size)]);
  const { commitIndex, entries } = atOnce(nativeReplica(realFiles, 'n0', folder));
  expect(commitIndex).toBe(4);
  expect(entries.map(({ index, position }) => [index, position])).toEqual([1, 2, 3, 4].map((n) => [n, (n - 1) * size]));
  expect(entries[3]?.messages).toEqual([{ key: 'A/2', offset: 3, position: 3 * size, byteLength: size }]);
});

describe('rot', () => {
  test.for(['flip', 'flips', 'zero'])('%s changes bytes below the given end alone', (mode) => {
    const folder = member(10);
    const before = segmentFiles(join(folder, 'data')).map(({ path }) => readFileSync(path));
    expect(rotFiles(folder, mode, 9_999, 1_400)).toBeDefined();
    const after = Buffer.concat(segmentFiles(join(folder, 'data')).map(({ path }) => readFileSync(path)));
    const all = Buffer.concat(before);
    expect(after.equals(all)).toBe(false);
    expect(after.subarray(1_400).equals(all.subarray(1_400))).toBe(true);
  });

  test('cut shortens a file that lies below the end as a whole, and no other', () => {
    const folder = member(10);
    rotFiles(folder, 'cut', 4_000, 2_400);
    expect(segmentFiles(join(folder, 'data')).map(({ byteLength }) => byteLength)).toEqual([400, SEGMENT, SEGMENT]);
    expect(rotFiles(member(10), 'cut', 4_000, 900)).toBeUndefined();
  });

  test('spoils the newest snapshot, if there is one, and the hard state', () => {
    const folder = member(4);
    expect(rotFiles(folder, 'snapshot', 5_000, 100)).toBeUndefined();
    writeFileSync(join(folder, 'snapshots', 'snapshot-1'), 'old');
    writeFileSync(join(folder, 'snapshots', 'snapshot-2'), 'new');
    rotFiles(folder, 'snapshot', 5_000, 100);
    expect(readFileSync(join(folder, 'snapshots', 'snapshot-1'), 'utf8')).toBe('old');
    expect(readFileSync(join(folder, 'snapshots', 'snapshot-2'), 'utf8')).not.toBe('new');
    rotFiles(folder, 'hard-state', 0, 100);
    expect(readFileSync(join(folder, 'hardstate')).every((byte) => byte === 6)).toBe(true);
  });
});

describe('rot that would change nothing', () => {
  const [rot] = liveRotFaults;

  /** Strikes a group of one member whose files are known up to `end`; says whether it counts, and what was done. */
  async function strike(directory: string, mode: string, end: number) {
    const done: string[] = [];
    const report = { raft: { logCare: { damagedPlaces: 0 } } };
    const victim = { name: 'n1', state: 'up', starts: 1, excuses: new Set(), raftDirectory: directory, report };
    const acts: Promise<void>[] = [];
    const live = {
      targets: () => [victim],
      mayHurt: () => true,
      ends: { endOf: () => end },
      hurts: { hurt: () => done.push('hurt') },
      kill: () => Promise.resolve(void done.push('kill')),
      later: () => {},
      act: (run: () => Promise<void>) => acts.push(run()),
      strike: (hurt: () => Promise<void>) => hurt(),
      journal: (line: string) => done.push(line),
    };
    const fault = { kind: 'rot', target: 'n1', atMs: 0, forMs: 10, mode } as const;
    const counts = rot!.apply(
      live as unknown as LiveGroup,
      fault,
      () => true,
      () => {},
    );
    await Promise.all(acts);
    return { counts, done };
  }

  test.for([
    ['cut', 900],
    ['snapshot', 900],
  ] as const)('%s hurts nobody, and does not count', async ([mode, end]) => {
    expect(await strike(member(10), mode, end)).toEqual({ counts: false, done: ['rot on n1: nothing to hit'] });
  });

  test('where there is something to hit, it does', async () => {
    const { counts, done } = await strike(member(10), 'flip', 900);
    expect(counts).toBe(true);
    expect(done).toEqual(['hurt', 'kill', expect.stringContaining('rot on n1: changed bytes 0 to 1 of ')]);
  });

  test('no place behind the files is told as changed, and zeroes over zeroes are no rot', () => {
    expect(rotFiles(member(10), 'flip', ROT_PARTS - 1, 1_000_000)).toBeUndefined();
    const folder = member(10);
    rotFiles(folder, 'zero', 0, 300);
    expect(rotFiles(folder, 'zero', 0, 300)).toBeUndefined();
  });

  test('a mode that there is not is no other one', () => {
    const folder = member(10);
    expect(() => rotFiles(folder, 'flop', 5_000, 800)).toThrow(
      `rot has no mode flop; there are ${rotModes.join(', ')}`,
    );
    expect(readFileSync(join(folder, 'hardstate')).every((byte) => byte === 7)).toBe(true);
  });
});

describe('a torn tail', () => {
  test('takes entries above the synced one alone, from the middle of one on', () => {
    const folder = member(10);
    tearTail(folder, 5, 0.5);
    expect(indexes(folder)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    tearTail(folder, 5, 0);
    expect(indexes(folder)).toEqual([1, 2, 3, 4, 5]);
    expect(segmentFiles(join(folder, 'data')).map(({ path }) => statSync(path).size)).toEqual([
      SEGMENT,
      SEGMENT,
      SEGMENT,
    ]);
  });

  test('is none where all is synced', () => {
    const folder = member(10);
    expect(tearTail(folder, 10, 0)).toBe('every entry was synced');
    expect(indexes(folder)).toHaveLength(10);
  });
});
