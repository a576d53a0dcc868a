import { expect, test } from 'vitest';
import type { RunningMember } from '../../../../jepsen-lite/drill/plan/plan.ts';
import { RunningMembers } from '../../../../jepsen-lite/drill/target/running-members.ts';
import { perform, type Undo } from '../../../../jepsen-lite/live/watchdog/undo.ts';
import type { Undoer } from '../../../../jepsen-lite/live/watchdog/watchdog.ts';

function watchdog(): Undoer {
  const undos: Undo[] = [];
  return {
    register: (undo) => Promise.resolve(undos.push(undo) - 1),
    undo: (number) => perform(undos[number] as Undo),
  };
}

/** What failed when a member was killed and all was healed. */
async function failuresOf(commands: Pick<RunningMember, 'kill' | 'start'>): Promise<string[]> {
  const failures: string[] = [];
  const members = new RunningMembers({
    members: [{ name: 'n1', address: 'h:1', ...commands }],
    watchdog: watchdog(),
    leaderName: () => 'n1',
    failed: (error) => failures.push(error.message),
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
