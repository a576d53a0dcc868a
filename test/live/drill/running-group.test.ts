import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Group } from '../../../cluster/launch/group.ts';
import { until } from '../../../scripts/bench/failover/until.ts';
import { startLiveGroup, temporaryFolder } from '../harness/live-group.ts';
import { bounded } from '../harness/run-program.ts';
import { reportOf, startDrill, untilFault } from './drill-program.ts';

const RUN_MS = 120_000;

/** A plan for a group that runs already, whose processes are halted and let go on by their pids. */
function planFor(group: Group, forMs: number, kind = 'pause'): object {
  const members = group.nodes.map(({ name, address, httpUrl }) => {
    const pid = group.process(name)?.pid;
    return { name, address, http: httpUrl, pause: `kill -STOP ${pid}`, resume: `kill -CONT ${pid}` };
  });
  return {
    name: 'halt',
    target: { kind: 'running', nameServer: group.nameServer, members },
    faults: [{ kind, target: 'leader', forMs }],
    expect: { rtoMs: 5_000 },
  };
}

function readLines(file: string): string[] {
  return readFileSync(file, 'utf8').trim().split('\n');
}

function isHalted(pid: number | undefined): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
}

test('the leader of a running group is halted by a command of the plan', { timeout: RUN_MS }, async () => {
  const group = await startLiveGroup();
  const folder = temporaryFolder();
  const leader = (await group.leader())?.name;
  const { code, stdout } = await bounded(startDrill(folder, planFor(group, 3_000)), RUN_MS);
  expect(stdout).toContain('# Drill halt: passed');
  expect(code).toBe(0);
  const [trial] = reportOf(folder).trials;
  expect(trial?.record.faults).toMatchObject([{ kind: 'pause', members: [leader] }]);
  expect(trial?.record.leaderAfter).not.toBe(leader);
  expect(trial?.rtoMs).toBeGreaterThan(0);
  expect(reportOf(folder).versions).toMatchObject({ [`brokers behind ${group.nameServer}`]: 'V5_3_3' });
  // Its files are not at hand: all but the replica checker.
  expect(reportOf(folder).verdicts.map(({ checker, valid }) => [checker, valid])).toEqual([
    ['total-queue', true],
    ['log', true],
    ['real-time-order', true],
    ['consumption', true],
    ['read-back', true],
  ]);
  expect(group.running()).toHaveLength(4);
});

test.runIf(process.platform === 'linux')(
  'what a drill has halted goes on when the drill is killed',
  { timeout: RUN_MS },
  async () => {
    const group = await startLiveGroup();
    const folder = temporaryFolder();
    const leader = await group.leader();
    const pid = group.process(leader?.name ?? '')?.pid;
    const drill = startDrill(folder, planFor(group, 60_000));
    await untilFault(folder);
    await until('that the leader is halted', 10_000, () => isHalted(pid));
    await drill.stop('SIGKILL');
    await until('that it goes on', 10_000, () => !isHalted(pid));
  },
);

test.runIf(process.platform === 'linux')(
  'what a command does late that was under way when the drill was killed is undone behind it',
  { timeout: RUN_MS },
  async () => {
    const group = await startLiveGroup();
    const folder = temporaryFolder();
    const told = (): string[] => (existsSync(join(folder, 'told')) ? readLines(join(folder, 'told')) : []);
    const say = (word: string): string => `echo ${word} >> ${join(folder, 'told')}`;
    const members = group.nodes.map(({ name, address }) => {
      const pid = group.process(name)?.pid;
      const pause = `${say('begun')}; sleep 1; kill -STOP ${pid}; ${say('halted')}`;
      return { name, address, pause, resume: `kill -CONT ${pid}; ${say('let-go')}` };
    });
    const target = { kind: 'running', nameServer: group.nameServer, members };
    const drill = startDrill(folder, { name: 'late', target, faults: [{ kind: 'pause', forMs: 60_000 }] });
    await until('that the command has begun', RUN_MS, () => told().length > 0);
    await drill.stop('SIGKILL');
    await until('that all is over', 20_000, () => told().length === 3);
    expect(told()).toEqual(['begun', 'halted', 'let-go']);
    expect(group.nodes.map(({ name }) => isHalted(group.process(name)?.pid))).toEqual([false, false, false]);
  },
);

test('a dry run names whom the plan would hit now, and hurts nobody', { timeout: RUN_MS }, async () => {
  const group = await startLiveGroup();
  const leader = (await group.leader())?.name;
  const folder = temporaryFolder();
  const { code, stdout } = await bounded(startDrill(folder, planFor(group, 3_000), '--dry-run'), RUN_MS);
  expect(stdout).toContain(`${leader} is there and leads`);
  expect(stdout).toContain(`pause of leader (now ${leader}), by ${leader}: "kill -STOP`);
  expect(code).toBe(0);
  await group.stopAll();
  const gone = await bounded(startDrill(folder, planFor(group, 3_000), '--dry-run'), RUN_MS);
  expect(gone.stderr).toContain(`target.nameServer: ${group.nameServer} does not answer`);
  expect(gone.code).toBe(3);
});

test('a plan that a running group cannot be hurt by does nothing', { timeout: RUN_MS }, async () => {
  const group = await startLiveGroup();
  const { code, stderr } = await bounded(startDrill(temporaryFolder(), planFor(group, 1_000, 'kill')));
  expect(stderr).toContain('target.members: n0 has no command kill, which kill needs. --help tells more.');
  expect(code).toBe(2);
});
