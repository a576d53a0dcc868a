import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type BugRecord,
  bugRecordsIn,
  judgeRecord,
  readBugRecords,
  writeBugRecords,
} from '../../../jepsen-lite/bin/bug-records.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledgermq-records-'));
afterAll(() => rmSync(folder, { recursive: true }));

const record: BugRecord = {
  name: 'forgotten-vote',
  seed: 17,
  nodes: 3,
  minutes: 1,
  hunted: 17,
  foundBy: 'one-vote',
};
const found = (invariant: string) => ({ violation: { invariant, text: 'it voted twice', atMs: 5 } });
const nothing = { violation: undefined };

describe('a seed on record', () => {
  const verdicts = (planted: Parameters<typeof judgeRecord>[1], sound: Parameters<typeof judgeRecord>[2]) =>
    judgeRecord(record, planted, sound).map(({ good }) => good);

  it('has to fail with the bug by the invariant on record, and to pass without it', () => {
    expect(verdicts(found('one-vote'), nothing)).toEqual([true, true]);
    // It breaks another promise that the bug names too: that is not what is on record.
    expect(verdicts(found('election-safety'), nothing)).toEqual([false, true]);
    expect(verdicts(found('one-vote'), found('one-vote'))).toEqual([true, false]);
  });

  it('that finds nothing any more fails, and says how another one is hunted', () => {
    const [planted] = judgeRecord(record, nothing, nothing);
    expect(planted).toEqual({
      good: false,
      line: 'forgotten-vote: seed 17 with the bug finds nothing any more, on record one-vote; npm run sim -- --bug forgotten-vote --record jepsen-lite/bug/found.txt hunts it anew',
    });
  });
});

describe('the file of records', () => {
  it('tells those that a hunt met from those that were picked, and reads checkers with a space in their names', () => {
    expect(bugRecordsIn('# head\nforgotten-vote 17 3 1 17 one-vote\nx 5 3 0.5 ? checker log\n')).toEqual([
      record,
      { name: 'x', seed: 5, nodes: 3, minutes: 0.5, hunted: undefined, foundBy: 'checker log' },
    ]);
  });

  it('keeps what was not hunted, replaces what was found, and drops what was hunted in vain', () => {
    const file = join(folder, 'found.txt');
    expect(readBugRecords(file)).toEqual([]);
    writeFileSync(file, 'a 1 3 1 ? checker log\nb 2 3 1 2 one-vote\nforgotten-vote 40 3 1 ? one-vote\n');
    writeBugRecords(file, [record], new Set(['forgotten-vote', 'b']));
    const [head, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(head).toMatch(/^# .*seeds that the hunt took/);
    expect(lines).toEqual(['a 1 3 1 ? checker log', 'forgotten-vote 17 3 1 17 one-vote']);
  });
});
