import { type RaftGroup, raftGroup as raftGroupBody } from '../../protocol/body/raft-group.ts';
import { getRaftGroup } from '../../protocol/command/get-raft-group.ts';
import type { AdminCommand, Output } from '../admin-command.ts';
import type { AdminSession } from '../admin-session.ts';
import { type Column, formatLine, left, right } from '../format/columns.ts';
import { secondsText } from '../format/local-time.ts';

export const raftGroup: AdminCommand = {
  name: 'raftGroup',
  description: 'Show the members of a DLedger group: roles, term, what each has, who lags or is in doubt.',
  options: [
    { short: 'b', long: 'brokerAddr', description: 'any broker of the group' },
    { short: 'c', long: 'clusterName', description: 'all groups of this cluster' },
  ],
  oneOf: ['brokerAddr', 'clusterName'],
  async run(args, admin, output) {
    const cluster = args.find('clusterName');
    if (cluster === undefined) {
      await show(admin, args.text('brokerAddr'), output);
      return;
    }
    for (const { name, members } of await admin.brokerGroups(cluster)) {
      const address = members.get(0) ?? [...members.values()][0];
      if (address === undefined) output.complain(`Broker ${name} has no member that is registered.`);
      else await show(admin, address, output);
    }
  },
};

async function show(admin: AdminSession, address: string, output: Output): Promise<void> {
  const group = await admin.askFor(getRaftGroup, address, { fromLeader: true }, raftGroupBody);
  output.print(formatRaftGroup(group));
  if (group.leader === '') {
    output.complain(`${group.self} knows no leader of group ${group.groupName}; this is what it knows itself.`);
  } else if (group.leader !== group.self) {
    output.complain(`The leader ${group.leader} was not reached; this is what ${group.self} knows itself.`);
  }
}

const COLUMNS: readonly Column[] = [left(8), left(8), left(9), left(6), right(12), right(12), right(10)];

/** Two lines on the group, one more if messages may be lost, then one on each member. */
export function formatRaftGroup(group: RaftGroup): string {
  const { groupName, groupId, leader, term, commitIndex, appliedIndex, lastIndex, membersIndex, members } = group;
  const from = membersIndex === 0 ? 'by the configuration' : `by entry ${membersIndex}`;
  const head = `group ${groupName}  id ${groupId || 'none yet'}  members ${from}
term ${term}  leader ${leader || 'none'}  committed ${commitIndex}  applied ${appliedIndex}  last ${lastIndex}
`;
  const rows = members.map(({ id, role, connected, inDoubt, state, match, synced, lag, address }) => {
    const how = id === group.self ? 'answers' : connected ? state || 'connected' : 'away';
    return formatLine(COLUMNS, [id, role, how, inDoubt ? 'doubt' : 'no', match, synced, lag, address]);
  });
  return (
    head +
    doubtElectionText(group) +
    formatLine(COLUMNS, ['#Member', '#Role', '#State', '#Doubt', '#Match', '#Synced', '#Lag', '#Address']) +
    rows.join('')
  );
}

function doubtElectionText({ doubtElectionTerm, doubtElected, doubtElectionMs }: RaftGroup): string {
  if (doubtElectionTerm === 0) return '';
  const when = `in term ${doubtElectionTerm}, at ${secondsText(doubtElectionMs)},`;
  return `${doubtElected} was elected ${when} while fewer than a majority of the members were free of doubt: acknowledged messages may be lost\n`;
}
