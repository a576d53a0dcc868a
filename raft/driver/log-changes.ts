import type { RaftNode } from '../core/node.ts';
import type { MembersAt } from '../core/types.ts';
import type { Log } from './ports.ts';

/** All entries behind the applied ones can be read. */
export function mayGrow({ damage }: Log): boolean {
  return damage === undefined || damage === 'below-applied';
}

/**
 * Changes of the log's damage, of which the core is told when the log holds what the core wants written: before, the two do not speak of the same entries.
 */
export class LogChanges {
  private readonly core: RaftNode;
  private readonly log: Log;
  private changed = false;
  private membersInLog: (() => readonly MembersAt[]) | undefined;

  constructor(core: RaftNode, log: Log) {
    this.core = core;
    this.log = log;
  }

  /** See `Replica.logChanged`. */
  note(membersInLog: (() => readonly MembersAt[]) | undefined): void {
    this.changed = true;
    this.membersInLog ??= membersInLog;
  }

  /** Something waits to be told. */
  get waiting(): boolean {
    return this.changed;
  }

  /** Tells the core, if it may be told now; not to be called while a Ready is executed. */
  tell(): boolean {
    const { core, log, membersInLog } = this;
    if (!this.changed || core.writes.length > 0) return false;
    this.changed = false;
    this.membersInLog = undefined;
    const knew = core.logDamaged;
    core.logDamaged = log.damage !== undefined;
    core.unwell ||= core.logDamaged;
    if (knew) core.runs.replace(log.termRuns());
    if (membersInLog && mayGrow(log)) core.rereadMembers(membersInLog());
    return true;
  }
}
