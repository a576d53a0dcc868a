import { expect, test } from 'vitest';
import { groupProblem } from '../../../../jepsen-lite/drill/target/own-group.ts';
import { memberProblem } from '../../../../jepsen-lite/drill/target/running-group.ts';
import type { Victim } from '../../../../jepsen-lite/live/chaos/hurtable.ts';

/** A group whose leader serves or not, and of which these may lack something. */
function live(names: readonly string[] = [], leader: { readonly serves: boolean } | undefined = { serves: true }) {
  return { hurts: { names }, leader: () => leader };
}

test('a group of the drill is whole when all are sound, nobody lacks anything, and somebody leads and serves', () => {
  expect(groupProblem(live(), [])).toBeUndefined();
  expect(groupProblem(live(), ['n0', 'n2'])).toBe('n0 and n2 is not sound');
  expect(groupProblem(live(['n1']), [])).toBe('n1 may still lack what was lost');
  expect(groupProblem(live([], { serves: false }), [])).toBe('nobody leads');
  expect(groupProblem({ ...live(), leader: () => undefined }, [])).toBe('nobody leads');
});

interface Paper {
  readonly state?: Victim['state'];
  readonly registered?: string;
  readonly checks?: number;
  /** It was started again, and has answered since or not. */
  readonly answers?: boolean;
}

/** What is wrong with a member whose address is h:1. */
function problemOf({ state = 'up', registered = 'h:1', checks = 0, answers }: Paper): Promise<string | undefined> {
  const member = { state, checks, owesAnswer: answers !== undefined, plan: { name: 'n0', address: 'h:1' } } as const;
  return memberProblem(member, new Set([registered]), () => Promise.resolve(answers === true));
}

test('a member of a running group is whole when nobody took it away, the name server knows it, and it answers', async () => {
  expect(await problemOf({})).toBeUndefined();
  expect(await problemOf({ registered: 'h:2' })).toBe('is not registered');
  for (const state of ['down', 'paused'] as const) expect(await problemOf({ state })).toBe('is away');
  expect(await problemOf({ checks: 1 })).toBe('is being looked at');
  expect(await problemOf({ answers: true })).toBeUndefined();
  expect(await problemOf({ answers: false })).toBe('does not answer at h:1 since it was started again or let go on');
});
