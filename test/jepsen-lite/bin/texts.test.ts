import { expect, test } from 'vitest';
import { coverageTable } from '../../../jepsen-lite/bin/coverage-table.ts';
import { readOptions, USAGE } from '../../../jepsen-lite/bin/options.ts';
import { failureText, progressLine, replayOf, workLine } from '../../../jepsen-lite/bin/report-text.ts';
import type { SeedReport } from '../../../jepsen-lite/bin/seed-job.ts';
import { addReport, noTotals } from '../../../jepsen-lite/bin/totals.ts';

const report: SeedReport = {
  mode: 'dledger',
  seed: 17,
  nodes: 3,
  minutes: 1,
  given: undefined,
  violation: { invariant: 'one-vote', text: 'n1 votes twice', atMs: 1_234.5 },
  traceHash: 'cafe',
  simulatedMs: 61_000,
  playedMs: 122_000,
  events: 10,
  committed: 7,
  acknowledged: 3,
  refused: 2,
  unknown: 1,
  lost: 0,
  uncleanElections: 0,
  operationsPerSecond: 30,
  load: { served: 0.9, acknowledgedPerSecond: 31 },
  leaderships: 2,
  coverage: { 'kill × steady': 2, 'kill × skipped': 1 },
  failure: {
    faults: 9,
    shrunk: [{ kind: 'kill', atMs: 5, target: 'leader', forMs: 9 }],
    isSmallest: true,
    shrunkViolation: { invariant: 'one-vote', text: 'n2 votes twice', atMs: 700 },
    log: ['a line'],
    folder: '.sim/x',
  },
  cpuSeconds: 2,
};

test('arguments: defaults, and one sentence for each mistake', () => {
  expect(readOptions([])).toMatchObject({ seed: 1, seeds: undefined, nodes: undefined, minutes: 1, bugs: [] });
  expect(readOptions(['--seed', '9'])).toMatchObject({ seed: 9, seeds: 1 });
  expect(readOptions(['--seed', '9', '--bug', 'forgotten-vote'])).toMatchObject({
    seeds: undefined,
    bugs: ['forgotten-vote'],
  });
  expect(readOptions(['--all-bugs']).bugs.length).toBeGreaterThanOrEqual(18);
  const mistakes: Readonly<Record<string, RegExp>> = {
    '--seeds 0': /--seeds 0: a whole number from 1/,
    '--nodes three': /--nodes three/,
    '--minutes 0': /--minutes 0: a number from 0.2/,
    '--bug nonsense': /--bug nonsense: there is no such planted bug/,
    '--recorded': /need --bug NAME or --all-bugs/,
    '--timeline x.svg': /name it with --seed/,
    '--history x.jsonl': /name it with --seed/,
    '--colour': /--colour/,
    '--seed 1 --nodes 5 --seed 2': /^--seed is given twice$/,
    '--seed -1': /^--seed -1: a whole number from 0 to \d+ is needed$/,
    '--seeds -5 --nodes 3': /^--seeds -5: a whole number from 1/,
    '--bug forgotten-vote --resume x.jsonl': /--bug and --resume do not go together/,
    '--all-bugs --history x.jsonl': /--all-bugs and --history do not go together/,
    '--bug forgotten-vote --all-bugs': /--all-bugs and --bug do not go together/,
    '--list seeds.txt --nodes 5': /--list and --nodes do not go together/,
    '--list seeds.txt --minutes 2': /--list and --minutes do not go together/,
    '--list seeds.txt --bug forgotten-vote': /--list and --bug do not go together/,
    '--bug forgotten-vote --recorded --seed 3': /--recorded and --seed do not go together/,
    '--mode controller --bug forgotten-vote':
      /--bug forgotten-vote --mode controller: this bug is planted in dledger mode/,
    '--list-bugs --json x.json': /^--list-bugs and --json do not go together: the list names every planted bug/,
    '--list-bugs --nodes 5': /--list-bugs and --nodes do not go together/,
    '--list-bugs --mode controller': /--list-bugs and --mode do not go together/,
    '--seed 9007199254740992': /^--seed 9007199254740992: a whole number from 0 to 9007199254740991 is needed$/,
    '--seed 9007199254740990 --seeds 3':
      /^--seed 9007199254740990: 3 seeds from there on go beyond 9007199254740991; begin at 9007199254740989/,
    '--seed 9007199254740990 --bug forgotten-vote': /: 500 seeds from there on go beyond/,
    '--mode sideways --bug forgotten-vote': /--mode sideways: one of/,
  };
  expect(readOptions(['--seed', '9007199254740990', '--seeds', '2'])).toMatchObject({ seeds: 2 });
  for (const [args, text] of Object.entries(mistakes)) expect(() => readOptions(args.split(' '))).toThrow(text);
});

test('every option is in the usage text', () => {
  const options = [
    'seeds',
    'seed',
    'nodes',
    'minutes',
    'workers',
    'list',
    'bug',
    'all-bugs',
    'list-bugs',
    'recorded',
    'trace',
  ];
  for (const name of [...options, 'timeline', 'history', 'schedule', 'failures', 'resume', 'record', 'json', 'help']) {
    expect(USAGE).toContain(`--${name}`);
  }
});

test('totals count a seed that is played twice once, and its time twice for the pace', () => {
  const totals = noTotals();
  addReport(totals, report);
  addReport(totals, { ...report, violation: undefined });
  expect(totals).toMatchObject({ seeds: 2, simulatedMs: 122_000, playedMs: 244_000, failures: 1, operationRates: 30 });
  expect(progressLine(totals, 5, 10)).toBe(
    '2/5 seeds, 0.03 simulated hours, 0.20 seeds/s, 61 x real time per core, 1 failures',
  );
  expect(workLine(totals)).toBe(
    '30.0 client operations a second under load (least: 30.0, seed 17), 14 entries committed\n' +
      'somebody served in 90 % of that time (least: 90 %, seed 17); at least 31.0 (seed 17) a second ended well in it',
  );
  addReport(totals, { ...report, lost: 5, uncleanElections: 2 });
  expect(workLine(totals)).toContain(
    '21 entries committed, 5 acknowledged messages lost, as sets without allAckInSyncStateSet and 2 unclean elections allow',
  );
  const table = coverageTable(totals.coverage, ['kill', 'cut']);
  expect(table).toContain('1 of 12 pairs of fault and state reached');
  expect(table.split('\n')[1]).toMatch(/^kill +6 /);
});

test('a failure is told with seed, commit, command, smallest schedule and log', () => {
  const job = { mode: 'dledger' as const, seed: 17, nodes: 3, minutes: 1, twice: false };
  const text = failureText(report, 'abc', replayOf(job));
  expect(text).toContain('seed 17 FAILS: one-vote at 1234.500 ms: n1 votes twice');
  expect(text).toContain('commit abc; again with: npm run sim -- --seed 17 --nodes 3 --minutes 1 --trace');
  expect(text).toContain(
    'smallest schedule that breaks this promise (1 of 9 faults), at 700.000 ms: n2 votes twice\n  {"kind":"kill"',
  );
  expect(text).toContain('timeline: .sim/x/');
  expect(text).toContain('a line');
  expect(replayOf(job, 'match-kept')).toContain('--bug match-kept --seeds 1 --trace');
});
