import { describe, expect, test } from 'vitest';
import { defaultMinimums, judgeMinimums, minimumsText } from '../../../jepsen-lite/bin/chaos-minimums.ts';
import { namesIn, readChaosCommand } from '../../../jepsen-lite/bin/chaos-options.ts';
import { roundsOf } from '../../../jepsen-lite/bin/chaos-round.ts';
import { exitCodeOf as exitCode } from '../../../jepsen-lite/bin/chaos-rounds.ts';
import { chaosText } from '../../../jepsen-lite/bin/chaos-text.ts';
import { LookLine } from '../../../jepsen-lite/bin/view/look-line.ts';
import type { Verdict } from '../../../jepsen-lite/checker/verdict.ts';
import { type ChaosReport, messageFigures, violationOf } from '../../../jepsen-lite/live/chaos/chaos-report.ts';
import { liveFaults } from '../../../jepsen-lite/live/chaos/live-faults.ts';

describe('the command line of chaos', () => {
  test('has sane defaults', () => {
    const command = readChaosCommand([], 77);
    expect(command).toMatchObject({ minutes: 1, nodes: 3, seed: 77, rate: 1_000, directory: '.chaos', keep: false });
    expect(command.kinds).toEqual(liveFaults.map(({ name }) => name));
  });

  test('takes faults by our names and by those of OpenChaos, each once', () => {
    expect(readChaosCommand(['--faults', 'leader-kill,kill, minor-loss,kill', '--seed', '5'], 1)).toMatchObject({
      seed: 5,
      kinds: ['leader-kill', 'kill', 'minor-loss'],
    });
  });

  test('cuts links by turns in rounds of their own, each with the faults that its means can make', () => {
    const rounds = (...args: string[]) =>
      roundsOf(readChaosCommand(args, 5)).map(({ seed, minutes, cuts }) => [seed, minutes, cuts]);
    expect(rounds('--minutes', '20', '--cuts', 'both')).toEqual([
      [5, 10, 'proxies'],
      [6, 10, 'namespaces'],
    ]);
    expect(rounds('--minutes', '10', '--cuts', 'both')).toEqual([
      [5, 5, 'proxies'],
      [6, 5, 'namespaces'],
    ]);
    expect(rounds('--minutes', '12')).toEqual([
      [5, 10, 'proxies'],
      [6, 2, 'proxies'],
    ]);
    const { kinds } = readChaosCommand(['--cuts', 'both', '--faults', 'kill,slow-link'], 1);
    expect(namesIn(kinds, 'proxies', 3)).toEqual(['kill', 'slow-link']);
    expect(namesIn(kinds, 'namespaces', 3)).toEqual(['kill']);
  });

  test('asks a run to show something for its time, and takes other minimums', () => {
    const minimumsOf = (...args: string[]) => readChaosCommand(args, 1).minimums;
    expect(minimumsOf('--minutes', '10')).toEqual({ faults: 100, acknowledged: 200_000 });
    expect(minimumsOf('--minutes', '3')).toEqual({ faults: 15, acknowledged: 30_000 });
    expect(minimumsOf('--minutes', '3', '--rate', '100')).toEqual({ faults: 15, acknowledged: 3_000 });
    expect(minimumsOf('--minutes', '3', '--rate', '5000')).toEqual({ faults: 15, acknowledged: 30_000 });
    expect(minimumsOf('--minutes', '3', '--schedule', 'f')).toEqual({ faults: 1, acknowledged: 1 });
    expect(minimumsOf('--minutes', '0.2', '--rate', '1')).toEqual({ faults: 1, acknowledged: 2 });
    expect(minimumsOf('--minutes', '20', '--schedule', 'f')).toEqual({ faults: 1, acknowledged: 1 });
    expect(minimumsOf('--minutes', '20', '--min-faults', '7')).toEqual({ faults: 7, acknowledged: 200_000 });
    expect(minimumsOf('--min-acked', '500')).toEqual({ faults: 5, acknowledged: 500 });
  });

  test.for([
    [['--min-faults', '-1'], '--min-faults'],
    [['--min-acked', 'many'], '--min-acked many: a whole number from 0 to'],
    // The dot at the end of Node's sentence is not told: the program ends it.
    [['--seed', '-1'], /use '--seed=-XYZ'$/],
    [['--faults', 'kill', '--schedule', 'f'], '--faults and --schedule exclude each other'],
    [['--nodes', '4'], '--nodes 4: a group of chaos has 3 or 5 members'],
    [['--faults', 'kill,flood'], '--faults flood: there is no such fault; --list-faults names them'],
    [['--cuts', 'knife'], '--cuts knife: there are proxies, namespaces and both'],
    [['--cuts', 'both', '--minutes', '0.3'], '--cuts both: these are two rounds, and --minutes 0.3 is too short'],
    [['--cuts', 'both', '--faults', 'reset'], '--faults reset: only proxies make these'],
    [['--cuts', 'namespaces', '--faults', 'kill,slow-link'], '--faults slow-link: only proxies make it'],
    [['--minutes', 'x'], '--minutes x: a number from 0.2 to 600 is needed'],
    [['--bug', 'none'], '--bug none: there is no such planted bug; npm run sim -- --list-bugs names them'],
    [
      ['--bug', 'topic-forgotten'],
      '--bug topic-forgotten: it is one of controller mode, and chaos starts DLedger groups; npm run sim hunts it',
    ],
    [['--rate', '5', '--rate', '6'], '--rate is given twice'],
    [['--rate', '0'], '--rate 0: a whole number from 1 to 10000 is needed'],
  ] as const)('refuses %o in one sentence', ([args, sentence]) => {
    expect(() => readChaosCommand([...args], 1)).toThrow(sentence);
  });
});

function verdict(checker: string, valid: Verdict['valid'], counts: Record<string, number>): Verdict {
  const finding = {
    anomaly: 'lost',
    message: '#1 was never read',
    key: '',
    values: [],
    offset: 0,
    node: '',
    timeNs: 0,
  };
  return {
    checker,
    valid,
    reason: valid === 'unknown' ? 'nothing was read' : undefined,
    findings: valid === false ? [{ ...finding, fatal: true }] : [],
    counts,
  };
}

const good: ChaosReport = {
  mode: 'dledger',
  seed: 3,
  nodes: 3,
  minutes: 1,
  fullDisksBy: 'a quota',
  cuts: 'proxies',
  cutsBy: 'the TCP proxies',
  isWhole: true,
  violation: undefined,
  verdicts: [{ checker: 'log', valid: true, counts: { examined: 4 } }],
  injected: { kill: 2, pause: 1 },
  skipped: {},
  selfEnds: [],
  operations: { acknowledged: 9, refused: 1, unknown: 2 },
  messages: { acknowledged: 8, lost: 0, phantom: 0, orderBreaks: 0 },
  metadata: 4,
  reigns: 3,
  longestStallMs: 210,
  wallMs: 70_000,
};

describe('the report', () => {
  test('counts what people ask for', () => {
    const verdicts = [
      verdict('total-queue', false, { acknowledged: 10, lost: 2, unexpected: 1, 'aborted-read': 1 }),
      verdict('log', true, { 'nonmonotonic-send': 1, 'lost-write': 2 }),
      verdict('real-time-order', true, { reordered: 3 }),
    ];
    expect(messageFigures(verdicts)).toEqual({ acknowledged: 10, lost: 2, phantom: 2, orderBreaks: 4 });
  });

  test('what was seen at once comes before what checkers say, and a checker that cannot tell is no pass', () => {
    const seen = { invariant: 'x', text: 'y', atMs: 1 };
    expect(violationOf(seen, [verdict('log', false, {})], 5)).toBe(seen);
    expect(violationOf(undefined, [verdict('log', true, {})], 5)).toBeUndefined();
    expect(violationOf(undefined, [verdict('log', false, {})], 5)).toEqual({
      invariant: 'checker log',
      text: 'lost: #1 was never read',
      atMs: 5,
    });
    expect(violationOf(undefined, [verdict('log', 'unknown', {})], 5)?.text).toContain('nothing was read');
  });

  test('tells a pass, a failure with the way to repeat it, and an interruption', () => {
    expect(chaosText(good, 'again', undefined)).toMatch(
      /^mode dledger, seed 3, 3 members, 1 minutes: passes\n {2}8 acknowledged messages judged/,
    );
    expect(chaosText(good, 'npm run chaos', undefined)).not.toContain('npm run chaos');
    const violation = { invariant: 'no-self-stop', text: 'n1 ended', atMs: 1_500 };
    const failed = chaosText({ ...good, violation }, 'npm run chaos', 'folder');
    expect(failed).toMatch(/FAILS\n/);
    expect(failed).toContain('no-self-stop at 1.500 s: n1 ended\n  again with: npm run chaos\n');
    expect(failed).toContain('folder/');
    expect(chaosText({ ...good, isWhole: false }, '', 'folder')).toMatch(/was interrupted\n/);
    const end = { member: 'n1', atMs: 1, code: 'START', excusedBy: ['disk-full'] } as const;
    const ends = [end, { ...end, member: 'n2', code: 'SIGKILL', excusedBy: [] }, end];
    expect(chaosText({ ...good, selfEnds: ends }, '', 'folder')).toContain(
      '\n  Ended by themselves: n1 (START, excused by disk-full) 2 times, n2 (SIGKILL, not excused)\n',
    );
  });

  test('a run in which nobody was hurt does not pass, and convicts nobody', () => {
    const violation = { invariant: 'x', text: 'y', atMs: 1 };
    const idle = { ...good, injected: {}, skipped: { kill: 3 } };
    expect(chaosText(idle, '', 'folder')).toMatch(/minutes: DOES NOT PASS, because no fault could be made\n/);
    const sound = { hasBug: false, isInterrupted: false };
    const exitCodeOf = (reports: readonly ChaosReport[], how: typeof sound): number =>
      exitCode(reports, judgeMinimums(reports, { faults: 1, acknowledged: 1 }), how);
    expect(exitCodeOf([good, good], sound)).toBe(0);
    expect(exitCodeOf([good, idle], sound)).toBe(1);
    expect(exitCodeOf([good, { ...good, violation }], sound)).toBe(1);
    expect(exitCodeOf([good, { ...good, isWhole: false }], { ...sound, isInterrupted: true })).toBe(3);
    const planted = { ...sound, hasBug: true };
    expect(exitCodeOf([good, { ...good, violation }], planted)).toBe(0);
    for (const invariant of ['chaos', 'client', 'liveness', 'checker availability'])
      expect(exitCodeOf([{ ...good, violation: { ...violation, invariant } }], planted)).toBe(1);
    const log = { ...violation, invariant: 'checker log' };
    const verdict = { checker: 'log', counts: {} };
    expect(exitCodeOf([{ ...good, violation: log, verdicts: [{ ...verdict, valid: false }] }], planted)).toBe(0);
    expect(exitCodeOf([{ ...good, violation: log, verdicts: [{ ...verdict, valid: 'unknown' }] }], planted)).toBe(1);
    expect(exitCodeOf([good], planted)).toBe(1);
    expect(exitCodeOf([idle], planted)).toBe(1);
  });

  test('rounds that are sound but show too little do not pass, and it is said what they lack', () => {
    const sound = { hasBug: false, isInterrupted: false };
    const judged = (faults: number, acknowledged: number) =>
      judgeMinimums([good, { ...good, injected: { kill: 1 } }], { faults, acknowledged });
    expect(judged(4, 16).map(({ is, holds }) => [is, holds])).toEqual([
      [4, true],
      [16, true],
    ]);
    expect(exitCode([good], judged(4, 16), sound)).toBe(0);
    expect(exitCode([good], judged(5, 16), sound)).toBe(1);
    expect(exitCode([good], judged(4, 17), sound)).toBe(1);
    expect(minimumsText(judged(4, 17))).toBe(
      'minimums: 4 faults, at least 4 needed; 16 acknowledged messages judged, which is TOO FEW: at least 17 needed',
    );
    expect(
      exitCode([], judgeMinimums([], defaultMinimums({ minutes: 1, rate: 1_000, hasSchedule: false })), sound),
    ).toBe(1);
  });

  test('a look is one line', () => {
    const looks = new LookLine();
    const counts = { acknowledged: 500, refused: 3, unknown: 1 };
    const look = {
      phase: 'load',
      leader: 'n1',
      term: 4,
      counts,
      faults: [{ kind: 'kill', members: ['n0'], leftMs: 100 }],
      leftMs: 9_400,
    };
    looks.see({ ...look, counts: { ...counts, acknowledged: 0 } }, 0);
    looks.see(look, 2_000);
    expect(looks.line(look)).toBe(
      'load: n1 leads in term 4, 250 operations/s, 3 refused, 1 unknown, kill of n0, 9 s left',
    );
    expect(looks.line({ ...look, leader: undefined, faults: [] })).toContain('nobody leads, 250 operations/s');
  });
});
