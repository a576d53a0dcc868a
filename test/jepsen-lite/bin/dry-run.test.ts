import { expect, test } from 'vitest';
import { nowOf } from '../../../jepsen-lite/bin/dry-run.ts';
import { describePlan } from '../../../jepsen-lite/drill/plan/describe-plan.ts';
import { readPlan } from '../../../jepsen-lite/drill/plan/read-plan.ts';
import { type Present, versionsText } from '../../../jepsen-lite/drill/target/running-roll-call.ts';

const members = [0, 1, 2].map((at) => `{ name: n${at}, address: "h:${at}", kill: kill ${at}, start: start ${at} }`);
const plan = readPlan(
  `{ allowQuorumLoss: true, target: { kind: running, nameServer: "h:9", members: [${members.join(', ')}] }, phases: [
    { faults: [{ kind: kill, target: leader }] }, { faults: [{ kind: kill, target: follower }] }, { faults: [{ kind: kill, target: n0 }] }] }`,
  'file',
);
const present: Present[] = ['n0', 'n1', 'n2'].map((name, at) => {
  return { name, address: `h:${at}`, isRegistered: true, leads: name === 'n1', version: 'V5_3_3' };
});

test('a dry run on a running group says who is meant now, and by which commands', () => {
  const text = describePlan(plan, nowOf(present));
  expect(text).toContain('\nnow: n0 is there, n1 is there and leads, n2 is there; version V5_3_3\n');
  expect(text).toContain('kill of leader (now n1), by n1: "kill 1", then "start 1"\n');
  expect(text).toContain('kill of follower (now n0), by n0: "kill 0", then "start 0"\n');
  expect(text).toContain('kill of n0, by n0: "kill 0", then "start 0"\n');
});

test('without an answer it says who may be meant', () => {
  const text = describePlan(plan);
  expect(text).not.toMatch(/now:|\(now/);
  expect(text).toContain('kill of leader, by n0: "kill 0", then "start 0"; n1: "kill 1"');
});

test('members that are not there are named, and where versions differ whose they are', () => {
  const [first, second, third] = present as [Present, Present, Present];
  const mixed = [
    first,
    { ...second, isRegistered: false, leads: false, version: undefined },
    { ...third, version: 'V5_1_4' },
  ];
  expect(versionsText(mixed)).toBe('V5_3_3 (n0), unknown (n1), V5_1_4 (n2)');
  expect(nowOf(mixed).text).toMatch(/^n0 is there, n1 is not registered, n2 is there; version /);
  expect(describePlan(plan, nowOf(mixed))).toContain('kill of leader (now nobody)');
});

test('the other end of a link is told, and nobody where no member is meant', () => {
  const links = readPlan(
    '{ faults: [{ kind: cut, target: leader, mode: both }, { kind: name-server, amount: 1 }] }',
    'file',
  );
  const text = describePlan(links);
  expect(text).toContain('cut of leader, other follower, mode both, by ');
  expect(text).toContain('name-server, amount 1, by ');
  expect(text).toContain('away at the same time: at most 0 members\n');
  const kill = describePlan(readPlan('preset: leader-kill', 'file'));
  expect(kill).toContain('away at the same time: at most 1 member\n');
  expect(describePlan(links, nowOf(present))).toContain(
    'cut of leader (now n1), other follower (now n0), mode both, by ',
  );
});
