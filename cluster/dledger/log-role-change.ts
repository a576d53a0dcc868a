import type { RoleChange } from '../../raft/index.ts';
import type { Logger } from '../../src/platform/ports.ts';

/** One line per change: role, term, leader, reason, votes, time without a leader. */
export function logRoleChange(logger: Logger, change: RoleChange, isFounding: boolean): void {
  const { role, term, leader, reason, votes, leaderlessMs, inDoubtElection } = change;
  const fields = { role, term, leader, reason, votes: votes.join(' '), leaderlessMs };
  if (!inDoubtElection) logger.info('Role changed', fields);
  else if (isFounding)
    logger.info('Role changed; all members are here and new to each other: this founds the group', fields);
  else
    logger.error(
      `${role === 'leader' ? 'Elected' : `${leader} was elected`} while fewer than a majority of the members were free of doubt: acknowledged messages may be lost`,
      fields,
    );
}
