import { OverdueWatch } from '../../src/store/overdue-watch.ts';
import type { Confirmation } from './ha-log.ts';

/** How far a slave has come, as its master knows it. */
export interface SlaveAck {
  readonly brokerId: number;
  /** Everything below is with the slave, as safe as its flush mode makes it. */
  readonly position: number;
}

/** What a rule decides by. */
export interface ConfirmInput {
  /** End of what is in the own files as the flush mode asks. */
  readonly stored: number;
  readonly endPosition: number;
  readonly nowMs: number;
  readonly acks: readonly SlaveAck[];
}

/** When a master's messages are confirmed. Asked at every change of what it decides by, and a few times within a slave's time limit. */
export type ConfirmRule = (input: ConfirmInput) => Confirmation;

/** ASYNC_MASTER: the own files are enough. */
export function asyncRule({ stored }: ConfirmInput): Confirmation {
  return { visible: stored, safe: stored };
}

/** RocketMQ's keys in brackets. */
export interface SyncRuleOptions {
  /** Brokers that must have a message, the master among them; at least 2 [inSyncReplicas]. */
  readonly copies: number;
  /** A slave that lacks more bytes does not count [haSlaveFallbehindMax]. */
  readonly maxLagBytes: number;
  /** How long a sender waits for slaves [slaveTimeout]. */
  readonly timeoutMs: number;
}

/**
 * SYNC_MASTER: a message is confirmed when `copies - 1` slaves have it, too. Where too few slaves are near, its sender hears SLAVE_NOT_AVAILABLE; where they take
 * too long, FLUSH_SLAVE_TIMEOUT. In both cases the message stays, and consumers get it.
 */
export function syncRule({ copies, maxLagBytes, timeoutMs }: SyncRuleOptions): ConfirmRule {
  const overdue = new OverdueWatch(timeoutMs);
  return ({ stored, endPosition, nowMs, acks }) => {
    const near = acks.map(({ position }) => position).filter((position) => endPosition - position <= maxLagBytes);
    const needed = copies - 1;
    if (near.length < needed)
      return { visible: stored, safe: 0, gaveUp: { position: stored, outcome: 'slave-not-available' } };
    const safe = Math.min(stored, near.sort((a, b) => b - a)[needed - 1]!);
    const late = Math.min(stored, overdue.look(nowMs, endPosition, safe));
    if (late <= safe) return { visible: safe, safe };
    return { visible: late, safe, gaveUp: { position: late, outcome: 'flush-slave-timeout' } };
  };
}
export interface SetRuleOptions {
  readonly selfId: number;
  /** Members of every SyncStateSet that may be in force, this broker among them. */
  readonly required: () => ReadonlySet<number>;
  /** Undefined: every required member must have a message [allAckInSyncStateSet]; else so many of them, this one among them [inSyncReplicas]. */
  readonly copies: number | undefined;
  readonly timeoutMs: number;
}

/**
 * Controller mode: consumers see what every member of every set that may be in force has (raft/SAFETY.md 10). A sender whose message does not get that far in time hears
 * FLUSH_SLAVE_TIMEOUT, and consumers do not see the message before it does.
 */
export function setRule({ selfId, required, copies, timeoutMs }: SetRuleOptions): ConfirmRule {
  const overdue = new OverdueWatch(timeoutMs);
  return ({ stored, endPosition, nowMs, acks }) => {
    const positions = new Map(acks.map(({ brokerId, position }) => [brokerId, position]));
    const members = [...required()].filter((id) => id !== selfId).map((id) => positions.get(id) ?? 0);
    const visible = Math.min(stored, ...members);
    const safe = copies === undefined ? visible : Math.min(stored, nthLargest(members, copies - 1));
    const late = overdue.look(nowMs, endPosition, safe);
    if (late <= safe) return { visible, safe };
    return { visible, safe, gaveUp: { position: late, outcome: 'flush-slave-timeout' } };
  };
}

/** `n` = 0: nobody else is needed. With fewer than `n` nobody can say that so many have anything, however the set came to be so small. */
function nthLargest(positions: readonly number[], n: number): number {
  if (n === 0) return Number.POSITIVE_INFINITY;
  return [...positions].sort((a, b) => b - a)[n - 1] ?? 0;
}
