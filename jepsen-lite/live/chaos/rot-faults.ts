import { readNodeStatus } from '../../../cluster/launch/node-status.ts';
import type { LiveFault } from './live-fault.ts';
import type { LiveGroup } from './live-group.ts';
import type { LiveMember } from './live-member.ts';
import { restart } from './process-faults.ts';
import { ROT_PARTS, rotFiles, rotModes, rotSpots, tearTail } from './spoil-files.ts';
import { transferTo } from './transfer.ts';

/** So long after its start the leader is asked to hand over to a member whose files were spoiled. */
const HAND_OVER_MS = 3_000;

const rot: LiveFault = {
  name: 'rot',
  by: 'flipped bits, zeroed sectors and files cut short, of a member that was killed',
  hitsOne: true,
  modes: rotModes,
  amounts: { least: 0, most: ROT_PARTS - 1 },
  apply(live, { target, forMs, amount = 0, mode = 'flip' }) {
    const member = mayBeHurt(live, live.targets(target));
    const end = member === undefined ? 0 : live.ends.endOf(member.name);
    if (member === undefined || end === 0 || member.report?.raft?.logCare.damagedPlaces !== 0) return false;
    if (rotSpots(member.raftDirectory, mode, amount, end).length === 0) {
      live.journal(`rot on ${member.name}: nothing to hit`);
      return false;
    }
    live.hurts.hurt(member.name, member.starts);
    member.excuses.add('rot');
    restart(live, member, forMs, async () => {
      await live.kill(member);
      live.journal(`rot on ${member.name}: ${rotFiles(member.raftDirectory, mode, amount, end) ?? 'nothing to hit'}`);
    });
    live.later(forMs + HAND_OVER_MS, async () => {
      await live.strike(() => transferTo(live, member));
    });
    return true;
  },
};

const POSSIBLE_SHARES = { lost: 0, torn: 0.5 } as const;

const power: LiveFault = {
  name: 'power',
  by: 'SIGKILL, entries that were not synced zeroed, and a start that finds another boot id',
  hitsOne: true,
  modes: ['lost', 'torn', 'kept'],
  apply(live, { target, forMs, mode }) {
    const member = mayBeHurt(live, live.targets(target));
    if (member === undefined) return false;
    live.hurts.hurt(member.name, member.starts);
    restart(live, member, forMs, async () => {
      const raft = (await readNodeStatus(member.node.httpUrl))?.raft;
      await live.kill(member);
      member.boots++;
      if (raft === undefined || mode === 'kept') return;
      const done = tearTail(member.raftDirectory, raft.syncedIndex, POSSIBLE_SHARES[mode === 'torn' ? 'torn' : 'lost']);
      live.journal(`power failure of ${member.name}: ${done}`);
    });
    return true;
  },
};

export const liveRotFaults = [rot, power];

function mayBeHurt(live: LiveGroup, members: readonly LiveMember[]): LiveMember | undefined {
  return members.find((member) => {
    return member.state === 'up' && member.report?.raft !== undefined && live.mayHurt(member);
  });
}
