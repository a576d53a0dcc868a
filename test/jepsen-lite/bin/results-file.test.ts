import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readChaosCommand } from '../../../jepsen-lite/bin/chaos-options.ts';
import { roundsOf } from '../../../jepsen-lite/bin/chaos-round.ts';
import { scheduleHash } from '../../../jepsen-lite/bin/read-schedule.ts';
import { ResultsFile } from '../../../jepsen-lite/bin/results-file.ts';
import type { SeedReport } from '../../../jepsen-lite/bin/seed-job.ts';
import type { ChaosReport } from '../../../jepsen-lite/live/chaos/chaos-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledgermq-results-'));
afterAll(() => rmSync(folder, { recursive: true }));

function report(seed: number, nodes = 3): SeedReport {
  return {
    mode: 'dledger',
    seed,
    nodes,
    minutes: 1,
    violation: undefined,
    coverage: { 'kill × steady': 2 },
  } as unknown as SeedReport;
}

const job = { mode: 'dledger', seed: 1, nodes: 3, minutes: 1, twice: false };

test('what was played with the same sources is known, by seed, members, minutes and given faults', () => {
  const path = join(folder, 'results.jsonl');
  const first = new ResultsFile<SeedReport>(path, 'c1', 's1');
  expect(first.reportOf(job)).toBeUndefined();
  first.add(report(1));
  first.add(report(1, 5));
  const second = new ResultsFile<SeedReport>(path, 'c2', 's1');
  expect(second.reportOf(job)?.coverage).toEqual({ 'kill × steady': 2 });
  expect(second.reportOf({ ...job, nodes: 5 })?.nodes).toBe(5);
  expect(second.reportOf({ ...job, seed: 2 })).toBeUndefined();
  expect(second.reportOf({ ...job, minutes: 2 })).toBeUndefined();
  const given = scheduleHash([{ kind: 'kill', atMs: 5, target: 'leader', forMs: 9 }]);
  expect(second.reportOf({ ...job, given })).toBeUndefined();
  second.add({ ...report(1), given });
  expect(new ResultsFile<SeedReport>(path, 'c2', 's1').reportOf({ ...job, given })?.given).toBe(given);
  expect(second.others).toBe(0);
  const changed = new ResultsFile<SeedReport>(path, 'c2', 's2');
  expect([changed.known.size, changed.others]).toEqual([0, 3]);
});

test('a line that was cut by the end of a run is not there, and what follows is', () => {
  const path = join(folder, 'cut.jsonl');
  new ResultsFile<SeedReport>(path, 'c1', 's1').add(report(1));
  appendFileSync(path, '\n{"commit":"c1","sources":"s1","rep');
  const again = new ResultsFile<SeedReport>(path, 'c1', 's1');
  expect([...again.known.keys()]).toEqual(['dledger 1 3 1']);
  again.add(report(2));
  expect(new ResultsFile<SeedReport>(path, 'c1', 's1').known.size).toBe(2);
});

test('a round of chaos that was played is known to the command that played it, and to no other', () => {
  const path = join(folder, 'chaos.jsonl');
  const rounds = (args: string): ReturnType<typeof roundsOf> => roundsOf(readChaosCommand(args.split(' '), 1));
  const [first, second, third] = rounds('--seed 30 --minutes 25');
  const file = new ResultsFile<ChaosReport>(path, 'c1', 's1');
  // A report repeats what its round is known by (run-chaos.ts).
  for (const round of [first, third]) file.add({ ...round, wallMs: 5 } as ChaosReport);
  const again = new ResultsFile<ChaosReport>(path, 'c1', 's1');
  const known = rounds('--seed 30 --minutes 25').map((round) => again.reportOf(round)?.wallMs);
  expect(known).toEqual([5, undefined, 5]);
  expect(second).toEqual({ mode: 'dledger', seed: 31, nodes: 3, minutes: 10, cuts: 'proxies' });
  for (const other of rounds('--seed 30 --minutes 25 --mode controller')) expect(again.reportOf(other)).toBeUndefined();
});

test('a round is known by what cuts its links, and a line that does not tell is known to none', () => {
  const path = join(folder, 'cuts.jsonl');
  const file = new ResultsFile<ChaosReport>(path, 'c1', 's1');
  const rounds = (seed: number) => roundsOf(readChaosCommand(`--seed ${seed} --minutes 2 --cuts both`.split(' '), 1));
  for (const [at, round] of rounds(11).entries()) file.add({ ...round, wallMs: at } as ChaosReport);
  const { cuts: _, ...before } = rounds(20)[0] ?? {};
  file.add(before as ChaosReport);
  const again = new ResultsFile<ChaosReport>(path, 'c1', 's1');
  const known = (seed: number) => rounds(seed).map((round) => again.reportOf(round)?.wallMs);
  expect(known(11)).toEqual([0, 1]);
  // Its first round has the seed of the second one above, which was cut by other means.
  expect(known(12)).toEqual([undefined, undefined]);
  expect(known(20)).toEqual([undefined, undefined]);
});

test.each(['a-machine\n', '{"some":"json"}\n', 'null'])(
  'a file that holds %j is not taken for one of results',
  (text) => {
    const path = join(folder, 'other.txt');
    writeFileSync(path, text);
    const open = () => new ResultsFile<SeedReport>(path, 'c1', 's1');
    expect(open).toThrow(`--resume ${path}: this is another file than one of results; nothing was changed`);
    expect(readFileSync(path, 'utf8')).toBe(text);
  },
);

test('an empty file becomes one of results', () => {
  const path = join(folder, 'empty.jsonl');
  writeFileSync(path, '');
  new ResultsFile<SeedReport>(path, 'c1', 's1').add(report(1));
  expect(new ResultsFile<SeedReport>(path, 'c1', 's1').known.size).toBe(1);
});
