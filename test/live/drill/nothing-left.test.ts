import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { isRunning } from '../../../cluster/launch/launched-process.ts';
import { until } from '../../../scripts/bench/failover/until.ts';
import { mayMakeNamespaces, mayMount } from '../../support/rights.ts';
import { temporaryFolder } from '../harness/live-group.ts';
import { bounded } from '../harness/run-program.ts';
import { eventsOf, reportOf, startDrill, startedBy, untilFault } from './drill-program.ts';

const RUN_MS = 120_000;
/** Two members are halted for a minute, so that nothing is acknowledged, and the third one's disk is full. */
const halted = {
  name: 'halted',
  allowQuorumLoss: true,
  faults: [
    { kind: 'pause', target: 'leader', forMs: 60_000 },
    { kind: 'pause', target: 'follower', forMs: 60_000 },
    { kind: 'disk-full', target: 'other-follower', forMs: 60_000 },
  ],
};

/** Mount points below a folder. */
function mountsIn(folder: string): string[] {
  const lines = existsSync('/proc/mounts') ? readFileSync('/proc/mounts', 'utf8').split('\n') : [];
  return lines.map((line) => line.split(' ')[1] ?? '').filter((path) => path.startsWith(folder));
}

const stores = mayMount() ? 3 : 0;

test.runIf(process.platform === 'linux').for(['SIGINT', 'SIGKILL'] as const)(
  'nothing is left of a drill that gets %s',
  { timeout: RUN_MS },
  async (signal) => {
    const folder = temporaryFolder();
    const drill = startDrill(folder, halted);
    await untilFault(folder);
    const processes = startedBy(folder);
    expect(processes.filter(isRunning)).toHaveLength(4);
    expect(mountsIn(folder)).toHaveLength(stores);
    const { code } = await drill.stop(signal);
    expect(code).toBe(signal === 'SIGINT' ? 3 : null);
    await until('that no process is left', 20_000, () => !processes.some(isRunning));
    await until('that nothing is mounted', 20_000, () => mountsIn(folder).length === 0);
    expect(eventsOf(folder).includes('roll-back')).toBe(signal === 'SIGINT');
  },
);

/** The leader is cut off by the kernel for a minute. */
const cutOff = {
  name: 'cut-off',
  target: { kind: 'ledgermq', cuts: 'namespaces' },
  faults: [{ kind: 'isolate', target: 'leader', mode: 'all', forMs: 60_000 }],
};

function namespaces(): string[] {
  return existsSync('/run/netns') ? readdirSync('/run/netns').sort() : [];
}

test.runIf(mayMakeNamespaces()).for(['SIGINT', 'SIGKILL'] as const)(
  'no network namespace is left of a drill that gets %s',
  { timeout: RUN_MS },
  async (signal) => {
    const before = namespaces();
    const devices = Object.keys(networkInterfaces());
    const folder = temporaryFolder();
    const drill = startDrill(folder, cutOff);
    await untilFault(folder);
    const processes = startedBy(folder);
    // One for each process, and the switch.
    expect(namespaces()).toHaveLength(before.length + 5);
    await drill.stop(signal);
    await until('that no process is left', 20_000, () => !processes.some(isRunning));
    await until('that no namespace is left', 20_000, () => namespaces().length === before.length);
    await until('that no device is left', 20_000, () => Object.keys(networkInterfaces()).length === devices.length);
  },
);

test('a drill whose clients stall for too long rolls back, says so, and leaves nothing', {
  timeout: RUN_MS,
}, async () => {
  const folder = temporaryFolder();
  const drill = startDrill(folder, { ...halted, abort: { stallMs: 2_000 } });
  await untilFault(folder);
  const processes = startedBy(folder);
  const { code, stdout } = await bounded(drill, RUN_MS);
  expect(stdout).toContain('# Drill halted: aborted');
  expect(stdout).toMatch(/Stopped: no message was acknowledged for \d+ ms \(abort.stallMs 2000\)\./);
  expect(code).toBe(1);
  expect(processes.filter(isRunning)).toEqual([]);
  expect(mountsIn(folder)).toEqual([]);
  // What the drill did to the group is undone before it is judged: nothing that was acknowledged is lost.
  const { verdicts, trials, hypotheses } = reportOf(folder);
  expect(verdicts.find(({ checker }) => checker === 'total-queue')?.valid).toBe(true);
  expect(hypotheses.find(({ text }) => text.includes('(RPO)'))).toMatchObject({ measured: '0', holds: true });
  // And what is known of the trial is told.
  expect(stdout).toContain('1 of 1 trial, the last of them cut short.');
  expect(trials).toMatchObject([{ lost: 0, record: { isCutShort: true } }]);
  expect(trials[0]?.longestStallMs).toBeGreaterThan(2_000);
  expect(eventsOf(folder)).toContain('roll-back');
});
