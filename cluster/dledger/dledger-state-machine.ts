import type { MemberChange, MemberSet, PortError, RoleChange, StateMachine } from '../../raft/index.ts';
import type { Logger } from '../../src/platform/ports.ts';
import type { MessageStore } from '../../src/store/message-store.ts';
import type { PendingPut, PutMessage } from '../../src/store/put-message.ts';
import type { DledgerLog } from './dledger-log.ts';
import type { DledgerMastership } from './dledger-mastership.ts';
import type { GroupMembers } from './group-members.ts';
import type { GroupRecords } from './group-records.ts';
import { logRoleChange } from './log-role-change.ts';
import type { RoleHistory } from './role-history.ts';

export interface DledgerStateMachineParts {
  readonly log: DledgerLog;
  readonly store: MessageStore;
  readonly mastership: DledgerMastership;
  readonly records: GroupRecords;
  readonly members: GroupMembers;
  readonly roles: RoleHistory;
  readonly logger: Logger;
  /** The node cannot go on: stop the process. */
  readonly onFatal: (error: PortError) => void;
}

/** Nobody waits for an entry of the replication. */
const IGNORE: PendingPut = { ticket: 0, putFinished: () => {} };

/** What Raft's decisions mean for the broker: committed entries become visible, leadership becomes mastership. */
export class DledgerStateMachine implements StateMachine {
  readonly #parts: DledgerStateMachineParts;
  /** Term whose leader this node is; 0 while it is none. */
  #leaderTerm = 0;

  constructor(parts: DledgerStateMachineParts) {
    this.#parts = parts;
  }

  committed(index: number): number {
    return this.#parts.log.committed(index);
  }

  roleChanged(change: RoleChange): void {
    const { logger, log, mastership, records, roles } = this.#parts;
    roles.add(change, records.isUnfounded);
    logRoleChange(logger, change, records.isUnfounded);
    if (change.leader !== undefined) mastership.leaderKnown(change.term);
    if (change.role === 'leader') return;
    if (this.#leaderTerm > 0) {
      this.#leaderTerm = 0;
      log.lost(`this broker stepped down in term ${change.term}: ${change.reason}`);
    }
    mastership.notLeader();
  }

  leaderReady(term: number): void {
    this.#parts.logger.info('Serving as leader', { term });
    this.#parts.mastership.leaderReady(term);
  }

  appendNoop(term: number): void {
    const { store, records } = this.#parts;
    if (this.#leaderTerm !== term) {
      this.#leaderTerm = term;
      store.adoptTail();
    }
    this.#appendOwn(term, records.openingRecord());
  }

  appendMembers(term: number, members: MemberSet, change: MemberChange): void {
    const { records, members: group } = this.#parts;
    this.#appendOwn(term, records.membersRecord(group, members, change));
  }

  /** An entry of the replication itself: the replica counts it. */
  #appendOwn(term: number, record: PutMessage): void {
    const { log, store } = this.#parts;
    log.appendOwn(term, () => {
      const refusal = store.put(record, IGNORE);
      if (refusal !== undefined)
        throw new Error(`an entry of the replication was refused in term ${term}: ${refusal.text}`);
    });
  }

  membersChanged(members: MemberSet): void {
    const { logger, members: group } = this.#parts;
    logger.info('Members changed', { voters: members.voters.join(' '), learners: members.learners.join(' ') });
    group.enforce(members);
  }

  fatal(error: PortError): void {
    this.#parts.onFatal(error);
  }
}
