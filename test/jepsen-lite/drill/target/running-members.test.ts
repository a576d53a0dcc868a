import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { LaunchedProcess } from '../../../../cluster/launch/launched-process.ts';
import type { RunningMember } from '../../../../jepsen-lite/drill/plan/plan.ts';
import { RunningMembers } from '../../../../jepsen-lite/drill/target/running-members.ts';
import type { Check } from '../../../../jepsen-lite/drill/target/strike-check.ts';
import { commandOver } from '../../../../jepsen-lite/live/held-command.ts';
import { perform, type Undo } from '../../../../jepsen-lite/live/watchdog/undo.ts';
import type { Undoer } from '../../../../jepsen-lite/live/watchdog/watchdog.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledgermq-running-members-'));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true }));

function watchdog(): Undoer {
  const undos: Undo[] = [];
  return {
    register: (undo) => Promise.resolve(undos.push(undo) - 1),
    undo: (number) => perform(undos[number] as Undo),
  };
}

/** Sees what it is told to see. */
function paperCheck(
  hasHit: boolean | undefined,
  silent: readonly string[],
  undone: string[] = [],
  known = Promise.resolve(),
): Check {
  return {
    hasHit: async (harm, signal) => {
      await known;
      if (harm !== 'end' && !signal.aborted)
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      undone.push(`${harm} looked at`);
      return hasHit;
    },
    silentOthers: () => Promise.resolve(silent),
    close: () => {},
  };
}

/** What failed when a member was killed and all was healed. */
async function failuresOf(
  commands: Pick<RunningMember, 'kill' | 'start'>,
  undoer: Undoer = watchdog(),
): Promise<string[]> {
  const failures: string[] = [];
  const members = new RunningMembers({
    members: [{ name: 'n1', address: 'h:1', ...commands }],
    watchdog: undoer,
    leaderName: () => 'n1',
    failed: (error) => failures.push(error.message),
    check: () => Promise.resolve(paperCheck(true, [])),
  });
  const [member] = members.members;
  if (member === undefined) throw new Error('there is one');
  members.act(() => members.kill(member));
  await members.heal();
  return failures;
}

test('commands that do what they should', async () => {
  expect(await failuresOf({ kill: 'true', start: 'true' })).toEqual([]);
});

test.for([
  [{ kill: 'exit 255', start: 'true' }, 'target.members: n1: the command "exit 255" failed: exit code 255'],
  [{ kill: 'echo no route >&2; false', start: 'true' }, 'false" failed: no route'],
  [
    { kill: 'true', start: 'echo no such unit >&2; false' },
    'target.members: n1: sh -c echo no such unit >&2; false: no',
  ],
] as const)('%o: one sentence with the member and the command', async ([commands, sentence]) => {
  const [first, ...more] = await failuresOf(commands);
  expect(first).toContain(sentence);
  expect(more).toEqual([]);
});

test('a command is over when it has ended, whatever it leaves behind that holds its output open', async () => {
  const startMs = performance.now();
  expect(await failuresOf({ kill: 'true', start: 'sleep 8 & true' })).toEqual([]);
  expect(await failuresOf({ kill: 'sleep 8 & echo gone >&2; false', start: 'true' })).toEqual([
    expect.stringContaining('failed: gone'),
  ]);
  expect(performance.now() - startMs).toBeLessThan(6_000);
});

test('a command does not begin before the watchdog knows its process', async () => {
  const file = join(folder, 'killed');
  let command: LaunchedProcess | undefined;
  const failures = await failuresOf(
    { kill: `touch ${file}`, start: 'true' },
    {
      register: (undo) => {
        command = undo.kind === 'command' ? undo.after : undefined;
        return Promise.reject(new Error('the watchdog has ended'));
      },
      undo: () => Promise.resolve(),
    },
  );
  expect(failures).toEqual(['the watchdog has ended']);
  if (command === undefined) throw new Error('the watchdog was told of a process');
  await commandOver(command);
  expect(existsSync(file)).toBe(false);
});

/** A group of three whose commands do nothing but tell, and what a check of each finds. */
function toldGroup(
  hasHit: boolean | undefined,
  silent: readonly string[],
  known?: Promise<void>,
  leaderName = () => 'n0',
) {
  const told: string[] = [];
  const file = join(folder, `told-${files++}`);
  const say = (what: string): string => `echo ${what} >> ${file}`;
  const member = (name: `n${number}`): RunningMember => {
    const commands = { kill: say(`kill ${name}`), start: say(`start ${name}`), isolate: 'true', rejoin: 'true' };
    return {
      name,
      address: `${name}:1`,
      ...commands,
      pause: `sleep 0.2; ${say(`pause ${name}`)}`,
      resume: say(`resume ${name}`),
    };
  };
  const group = new RunningMembers({
    members: [member('n0'), member('n1'), member('n2')],
    watchdog: watchdog(),
    leaderName,
    failed: (error) => told.push(error.message),
    check: (victim, others) => {
      told.push(`look at ${victim.name}, and ${others.map(({ name }) => name).join(' ')}`);
      return Promise.resolve(paperCheck(hasHit, silent, told, known));
    },
  });
  const [n0, n1] = group.members;
  if (n0 === undefined || n1 === undefined) throw new Error('there are three');
  return { group, n0, n1, told, done: () => readFileSync(file, 'utf8').trim().split('\n') };
}

test('a command that did what it should is no miss, and its member owes an answer when it was undone', async () => {
  const { group, n0, n1, told, done } = toldGroup(true, []);
  group.act(() => group.kill(n0));
  await group.heal();
  expect(group.misses).toEqual([]);
  expect([...group.unchecked]).toEqual([]);
  expect([n0.owesAnswer, n1.owesAnswer, n0.checks]).toEqual([true, false, 0]);
  expect(told).toEqual(['look at n0, and n1 n2', 'end looked at']);
  expect(done()).toEqual(['kill n0', 'start n0']);
});

test.for([
  [false, [], 'had no effect: n0 still answers at n0:1'],
  [false, ['n2'], 'had no effect: n0 still answers at n0:1, and n2 does not any more'],
  [true, ['n1', 'n2'], 'hit n1 and n2 too'],
  [undefined, ['n1'], 'hit n1 too'],
] as const)('a command that hit %o and silenced %o is a miss', async ([hasHit, silent, sentence]) => {
  const { group, n0 } = toldGroup(hasHit, silent);
  group.act(() => group.kill(n0));
  await group.heal();
  expect(group.misses).toEqual([`kill of n0 by "${n0.plan.kill}" ${sentence}`]);
  expect([...group.unchecked]).toEqual(hasHit === undefined ? ['kill of n0: it did not answer before'] : []);
});

test('another one that a command of its own hurts meanwhile is silent for that', async () => {
  const { group, n0, n1 } = toldGroup(true, ['n1']);
  group.act(() => group.kill(n0));
  group.act(() => group.kill(n1));
  await group.heal();
  expect(group.misses).toEqual([]);
});

const UNKNOWN =
  'isolate of n0: it did not answer before, was let back too soon, or answered while too little was confirmed to show whether it had a part in that';
const MISS =
  'isolate of n0 by "true" had no effect: n0 still answers at n0:1, and has its part in what the others confirm';

test.for([
  ['hit it', true, 'n0', [], []],
  ['had no effect', false, 'n0', [MISS], []],
  ['had no effect on one that leads no more, with a log of its own perhaps', false, 'n1', [], [UNKNOWN]],
  ['did what nobody knows', undefined, 'n0', [], [UNKNOWN]],
] as const)(
  'of a command that cuts off it is told when it is undone that it %s',
  async ([, hasHit, leaderAfter, misses, unchecked]) => {
    let leader = 'n0';
    const { group, n0, told } = toldGroup(hasHit, [], undefined, () => leader);
    group.act(() => group.isolate(n0));
    leader = leaderAfter;
    await group.resume(n0);
    await group.heal();
    expect([group.misses, [...group.unchecked]]).toEqual([misses, unchecked]);
    expect(told).toEqual(['look at n0, and n1 n2', 'cut-off looked at']);
  },
);

test('faults that are over do not wait for the end of a look that goes on until then', async () => {
  const { group, n0, told } = toldGroup(true, []);
  group.act(() => group.isolate(n0));
  await n0.hurting;
  await group.heal();
  expect(told).toEqual(['look at n0, and n1 n2', 'cut-off looked at']);
  expect(n0.state).toBe('up');
});

test('what undoes a command waits until that is over, and until it is known what it did', async () => {
  const { group, n0, told, done } = toldGroup(true, []);
  group.act(() => group.pause(n0));
  await group.resume(n0);
  expect(done()).toEqual(['pause n0', 'resume n0']);
  expect(told).toEqual(['look at n0, and n1 n2', 'halt looked at']);
  expect(n0.state).toBe('up');
});

test('nobody is started again before it is known whether his command ended him', async () => {
  let know: () => void = () => {};
  const known = new Promise<void>((resolve) => {
    know = resolve;
  });
  const { group, n0, done } = toldGroup(true, [], known);
  group.act(() => group.kill(n0));
  const started = group.start(n0);
  await n0.hurting;
  await new Promise((resolve) => setImmediate(resolve));
  expect(group.lastStartMs).toBe(0);
  know();
  await started;
  expect(done()).toEqual(['kill n0', 'start n0']);
});
