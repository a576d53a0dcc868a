import { BrokerClient } from '../../../src/client/broker-client.ts';
import { ClientError } from '../../../src/client/errors.ts';
import { transferLeadership } from '../../../src/protocol/command/transfer-leadership.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import type { LiveFault } from './live-fault.ts';
import type { LiveGroup } from './live-group.ts';
import type { LiveMember } from './live-member.ts';

const PATIENCE_MS = 2_000;

/** Asks whoever leads to hand over; that he does not is an answer too. */
export async function transferTo(live: LiveGroup, member: LiveMember): Promise<void> {
  const leader = live.leader();
  if (leader === undefined || leader === member) return;
  const remoting = new RemotingClient({ platform: live.group.platform });
  try {
    const brokers = new BrokerClient(remoting);
    const options = { timeoutMs: PATIENCE_MS };
    await brokers.request(transferLeadership, leader.node.address, { memberId: member.name }, undefined, options);
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
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
  takesOther: true,
  apply(live, { other = 'follower', forMs, amount = 1 }) {
    if (live.leader() === undefined) return false;
    for (let turn = 0; turn < amount; turn++) {
      live.later((forMs * turn) / amount, async () => {
        const [to] = live.targets(other);
        if (to !== undefined) await live.strike(() => transferTo(live, to));
      });
    }
    return true;
  },
};

export const liveGroupFaults = [transfer];
