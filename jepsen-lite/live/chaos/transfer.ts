import { BrokerClient } from '../../../src/client/broker-client.ts';
import { ClientError } from '../../../src/client/errors.ts';
import { transferLeadership } from '../../../src/protocol/command/transfer-leadership.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import type { LiveFault } from './live-fault.ts';
import type { LiveGroup } from './live-group.ts';
import type { LiveMember } from './live-member.ts';

const PATIENCE_MS = 2_000;

/** Asks whoever leads to hand over; returns why he did not, in words. */
export async function transferTo(live: LiveGroup, member: LiveMember): Promise<string | undefined> {
  const leader = live.leader();
  if (leader === undefined) return 'nobody leads';
  if (leader === member) return `${member.name} leads already`;
  const remoting = new RemotingClient({ platform: live.group.platform });
  try {
    const brokers = new BrokerClient(remoting);
    const options = { timeoutMs: PATIENCE_MS };
    await brokers.request(transferLeadership, leader.node.address, { memberId: member.name }, undefined, options);
    return undefined;
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    // An answer may be late or lost.
    await live.look();
    return live.leader() === member ? undefined : error.message;
  } finally {
    remoting.close();
  }
}

const transfer: LiveFault = {
  name: 'transfer',
  by: 'a request to the leader',
  modes: [],
  amounts: { least: 1, most: 1_000 },
  onlyTarget: 'leader',
  needsOther: true,
  apply(live, { other = 'follower', forMs, amount = 1 }, _mayHit, missed) {
    const leader = live.leader();
    const [heir] = live.targetsUp(other);
    if (leader === undefined || heir === undefined || heir === leader) return false;
    for (let turn = 0; turn < amount; turn++) {
      live.later((forMs * turn) / amount, async () => {
        const [to] = live.targets(other);
        const why = to === undefined ? undefined : await live.strike(() => transferTo(live, to));
        // Whom a later one means may lead by then.
        if (turn === 0 && why !== undefined) missed(`leadership did not go to ${to?.name}: ${why}`);
      });
    }
    return true;
  },
};

export const liveGroupFaults = [transfer];
