import { expect, test } from 'vitest';
import type { LiveGroup } from '../../../../jepsen-lite/live/chaos/live-group.ts';
import type { LiveMember } from '../../../../jepsen-lite/live/chaos/live-member.ts';
import { liveGroupFaults, transferTo } from '../../../../jepsen-lite/live/chaos/transfer.ts';
import { DledgerWorld, type MemberName } from '../../../cluster/dledger/dledger-world.ts';

/** A group that serves, as a run sees it: who leads is learned by looking. */
async function served() {
  const group = await DledgerWorld.serving();
  const members = group.names.map((name) => {
    return { name, state: 'up', node: { address: `${group.ip(name)}:30911` } } as unknown as LiveMember;
  });
  const member = (name: MemberName): LiveMember => members.find((each) => each.name === name)!;
  let leader = member(group.leader);
  const live = {
    group: { platform: group.client },
    leader: () => leader,
    look: () => {
      leader = member(group.leader);
      return Promise.resolve();
    },
    targetsUp: () => [leader],
  } as unknown as LiveGroup;
  const [follower = 'n0'] = group.names.filter((name) => name !== group.leader);
  return { group, live, leader, follower: member(follower) };
}

test('leadership goes to a member that can take it', async () => {
  const { group, live, follower } = await served();
  expect(await group.world.settle(transferTo(live, follower))).toBeUndefined();
  expect(await group.untilServing()).toBe(follower.name);
});

test('why it does not go anywhere is told', async () => {
  const { group, live, leader, follower } = await served();
  expect(await transferTo(live, leader)).toBe(`${leader.name} leads already`);
  group.kill(follower.name as MemberName);
  await group.world.run(3_000);
  expect(await group.world.settle(transferTo(live, follower))).toContain(
    `leadership was not handed to ${follower.name}: `,
  );
  expect(group.leader).toBe(leader.name);
});

test('a transfer to whoever leads hits nobody', async () => {
  const { live } = await served();
  const fault = { kind: 'transfer', target: 'leader', other: 'n0', atMs: 0, forMs: 10 } as const;
  const [transfer] = liveGroupFaults;
  const made = transfer?.apply(
    live,
    fault,
    () => true,
    () => {},
  );
  expect(made).toBe(false);
});
