import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { GroupRecord } from '../../cluster/launch/group-folder.ts';
import { isRunning, signalProcess } from '../../cluster/launch/launched-process.ts';
import { injectedOf } from '../../jepsen-lite/bin/chaos-text.ts';
import { ackBeforeCommit } from '../../jepsen-lite/bug/ack-before-commit/bug.ts';
import { bodyDamaged } from '../../jepsen-lite/bug/body-damaged/bug.ts';
import { offsetInMemory } from '../../jepsen-lite/bug/offset-in-memory/bug.ts';
import { voteNotSaved } from '../../jepsen-lite/bug/vote-not-saved/bug.ts';
import { importJsonl } from '../../jepsen-lite/checker/import-jsonl.ts';
import { checkTotalQueue } from '../../jepsen-lite/checker/total-queue.ts';
import type { Fault, Schedule } from '../../jepsen-lite/fault/schedule.ts';
import type { ChaosReport } from '../../jepsen-lite/live/chaos/chaos-report.ts';
import { controllerMode } from '../../jepsen-lite/live/chaos/controller-mode.ts';
import { dledgerMode } from '../../jepsen-lite/live/chaos/dledger-mode.ts';
import { runChaos } from '../../jepsen-lite/live/chaos/run-chaos.ts';
import { until } from '../../scripts/bench/failover/until.ts';
import { brokerWith } from './harness/broker-with.ts';
import { program, temporaryFolder } from './harness/live-group.ts';

const RUN_MS = 120_000;
/** The fault is over. */
const FAULT_OVER_MS = 1_000;
/** Longer than a group may take after its faults. */
const STALL_MS = 12_000;

function play(
  schedule: Schedule,
  minutes: number,
  {
    broker = program('chaos-broker'),
    mode = dledgerMode,
    directory = join(temporaryFolder(), 'run'),
    keepsHistory = false,
  } = {},
): Promise<ChaosReport> {
  return runChaos({
    mode,
    seed: 1,
    nodes: 3,
    minutes,
    kinds: [],
    schedule,
    rate: 200,
    directory,
    programs: { mqnamesrv: program('chaos-namesrv'), mqbroker: broker },
    watchdog: program('watchdog'),
    keepsHistory,
    signal: new AbortController().signal,
    onLook: () => {},
  });
}

test('a sound group keeps its promises under faults of every sort', { timeout: RUN_MS }, async () => {
  const fault = (kind: string, atMs: number, more: Partial<Fault> = {}): Fault => {
    return { kind, atMs, target: 'leader', forMs: 1_500, ...more };
  };
  const schedule = [
    fault('kill', 3_000),
    fault('clock-jump', 4_000, { amount: -3_600_000, target: 'all' }),
    fault('isolate', 7_000, { mode: 'peers' }),
    fault('power', 10_000, { mode: 'torn' }),
    fault('pause', 13_000),
    fault('disk-full', 16_000),
    fault('rolling', 18_000, { target: 'all', forMs: 6_000, amount: 3 }),
    fault('slow-link', 20_000, { amount: 20 }),
    fault('name-server', 21_000, { target: 'all', amount: 1 }),
    fault('hide', 21_500, { mode: 'ns', amount: 2 }),
    fault('wipe', 24_000, { target: 'follower', forMs: 200 }),
  ];
  const directory = join(temporaryFolder(), 'run');
  const report = await play(schedule, 0.5, { directory, keepsHistory: true });
  expect(report.violation).toBeUndefined();
  expect(report.verdicts.map(({ checker, valid }) => [checker, valid])).toEqual([
    ['total-queue', true],
    ['log', true],
    ['real-time-order', true],
    ['consumption', true],
    ['linearizable-register', true],
    ['replica', true],
    ['availability', true],
    ['read-back', true],
  ]);
  expect(report.messages).toMatchObject({ lost: 0, phantom: 0, orderBreaks: 0 });
  expect(report.messages.acknowledged).toBeGreaterThan(1_000);
  // What it kept can be judged again, by others too.
  const kept = importJsonl(readFileSync(join(directory, 'history.jsonl'), 'utf8').split('\n'), { drained: true });
  expect('history' in kept && checkTotalQueue(kept.history, { duplicates: 'told' })).toMatchObject({ valid: true });
  expect(readFileSync(join(directory, 'availability.svg'), 'utf8')).toMatch(/^<svg .*seed 1, 3 members.*<\/svg>\n$/s);
  expect(report.skipped).toEqual({});
  expect(injectedOf(report)).toBe(schedule.length);
});

test('a sound set in Controller mode keeps its promises', { timeout: RUN_MS }, async () => {
  const fault = (kind: string, atMs: number, more: Partial<Fault> = {}): Fault => {
    return { kind, atMs, target: 'leader', forMs: 1_500, ...more };
  };
  const schedule = [
    fault('kill', 3_000),
    fault('isolate', 7_000, { mode: 'peers' }),
    fault('pause', 11_000),
    fault('name-server', 14_000),
    fault('rolling', 18_000, { target: 'all', forMs: 6_000, amount: 3 }),
    fault('wipe', 33_000, { target: 'follower', forMs: 200 }),
    fault('disk-error', 43_000, { target: 'follower', forMs: 0, mode: 'write' }),
  ];
  const report = await play(schedule, 0.9, { mode: controllerMode });
  expect(report.violation).toBeUndefined();
  expect(report.verdicts.map(({ valid }) => valid)).toEqual([true, true, true, true, true, true, true, true]);
  expect(report.messages).toMatchObject({ lost: 0, phantom: 0, orderBreaks: 0 });
  expect(report.messages.acknowledged).toBeGreaterThan(500);
  expect(report.skipped).toEqual({});
});

test('a group that stands still for long while no fault is on is convicted', { timeout: RUN_MS }, async () => {
  const directory = join(temporaryFolder(), 'run');
  // Nobody is away after it: while a member is, the group is not judged.
  const harmless: Fault = { kind: 'clock-jump', atMs: 3_000, target: 'leader', forMs: 100, amount: 1_000 };
  const running = play([harmless], 0.4, { directory });
  const journal = join(directory, 'journal.txt');
  await until('the fault', 60_000, () => existsSync(journal) && readFileSync(journal, 'utf8').includes('fault {'));
  await new Promise((resolve) => setTimeout(resolve, FAULT_OVER_MS));
  const brokers = Object.entries(processesIn(directory)).filter(([name]) => /^n\d$/.test(name));
  for (const [, process] of brokers) expect(signalProcess(process, 'SIGSTOP')).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, STALL_MS));
  for (const [, process] of brokers) signalProcess(process, 'SIGCONT');
  const { violation } = await running;
  expect(violation?.invariant).toBe('checker availability');
  expect(violation?.text).toMatch(/^(calm-stall|slow-heal): /);
});

describe('a leader that is halted for long', () => {
  const halt: Fault = { kind: 'pause', atMs: 3_000, target: 'leader', forMs: 14_000 };

  test('is replaced meanwhile, and the run has seen it', { timeout: RUN_MS }, async () => {
    const { violation, verdicts } = await play([halt], 0.35);
    expect(violation).toBeUndefined();
    const availability = verdicts.find(({ checker }) => checker === 'availability');
    expect(availability).toMatchObject({ valid: true, counts: { failovers: 1 } });
    expect(availability?.counts['slowest-failover-ms']).toBeLessThan(10_000);
  });

  test('convicts a group that elects nobody before it goes on', { timeout: RUN_MS }, async () => {
    const directory = join(temporaryFolder(), 'run');
    const running = play([halt], 0.35, { directory });
    const journal = join(directory, 'journal.txt');
    const hasBegun = (): boolean => existsSync(journal) && readFileSync(journal, 'utf8').includes('fault {');
    await until('the fault', 60_000, hasBegun);
    const leader = /"target":"(n\d)"/.exec(readFileSync(journal, 'utf8'))?.[1];
    const others = Object.entries(processesIn(directory)).filter(([name]) => /^n\d$/.test(name) && name !== leader);
    // Nobody tells the run: it takes the two others for a majority.
    const [, follower] = others[0] ?? [];
    expect(others).toHaveLength(2);
    expect(follower !== undefined && signalProcess(follower, 'SIGSTOP')).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, halt.forMs - 500));
    if (follower !== undefined) signalProcess(follower, 'SIGCONT');
    const { violation } = await running;
    expect(violation).toMatchObject({ invariant: 'checker availability' });
    expect(violation?.text).toMatch(/^slow-failover: what began after pause had begun succeeded after 1\d/);
  });
});

describe('a broker with a planted mistake is convicted', () => {
  const isolations = [3_000, 9_000, 15_000].map((atMs): Fault => {
    return { kind: 'isolate', atMs, target: 'leader', forMs: 3_000, mode: 'peers' };
  });
  // Whichever client comes first to where an acknowledged message is no more.
  const lost = ['one-value-a-place', 'no-false-correction', 'checker total-queue'];
  const kills = [3_000, 8_000, 13_000].map((atMs): Fault => ({ kind: 'kill', atMs, target: 'leader', forMs: 1_000 }));
  test.for([
    { bug: ackBeforeCommit, schedule: isolations, by: lost },
    { bug: offsetInMemory, schedule: kills, by: ['fresh-offset', 'metadata-kept'] },
    { bug: voteNotSaved, schedule: kills, by: ['durable-vote'] },
    { bug: bodyDamaged, schedule: kills, by: ['one-value-a-place', 'checker total-queue'] },
  ])('$bug.name', { timeout: RUN_MS }, async ({ bug, schedule, by }) => {
    const { violation } = await play(schedule, 0.35, { broker: brokerWith(bug) });
    expect(by).toContain(violation?.invariant);
  });
});

/** Of the group of a run. */
function processesIn(directory: string): GroupRecord['processes'] {
  return (JSON.parse(readFileSync(join(directory, 'group', 'group.json'), 'utf8')) as GroupRecord).processes;
}

test.runIf(process.platform === 'linux').for(['SIGINT', 'SIGKILL'] as const)(
  'nothing is left of a run that gets %s',
  { timeout: RUN_MS },
  async (signal) => {
    const folder = temporaryFolder();
    const args = ['--minutes', '1', '--seed', '1', '--faults', 'pause', '--dir', folder];
    const run = spawn(process.execPath, [program('chaos'), ...args], { stdio: 'ignore' });
    const ended = new Promise((resolve) => run.once('exit', (code, by) => resolve(by ?? code)));
    const journal = join(folder, 'dledger-seed-1-3n', 'journal.txt');
    await until(
      'that a fault is on',
      60_000,
      () => existsSync(journal) && readFileSync(journal, 'utf8').includes('fault'),
    );
    const processes = processesIn(join(folder, 'dledger-seed-1-3n'));
    // Three brokers and two name servers.
    expect(Object.values(processes).filter(isRunning)).toHaveLength(5);
    run.kill(signal);
    expect(await ended).toBe(signal === 'SIGINT' ? 3 : 'SIGKILL');
    await until('that no process is left', 20_000, () => !Object.values(processes).some(isRunning));
  },
);
