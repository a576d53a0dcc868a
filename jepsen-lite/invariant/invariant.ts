import type { Message } from '../../raft/index.ts';
import type { CommittedEntry } from './ledger.ts';
import type { NodeWatch } from './node-watch.ts';

/** A message that a client got an acknowledgement for. */
export interface AcknowledgedSend {
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
  /** Byte address that the offsetMsgId names. */
  readonly position: number;
  readonly value: string;
}

/** A message that a consumer got. */
export interface SeenMessage {
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly position: number;
  readonly value: string;
}

/** A broken promise. `invariant` names the file that holds it. */
export interface Violation {
  readonly invariant: string;
  readonly text: string;
  readonly atMs: number;
}

/**
 * A property that must hold after every event. Each method hears of one kind of change, once, right after the event that made it; it returns a
 * sentence where the property is broken. What a method is not interested in, it leaves out.
 */
export interface Invariant {
  readonly name: string;
  /** A process opened the files of a node. */
  opened?(node: NodeWatch): string | undefined;
  /** The node entered a term, or began to lead in it. */
  leads?(node: NodeWatch, term: number): string | undefined;
  /** The leader is ready to serve. */
  serves?(node: NodeWatch, term: number): string | undefined;
  /** The node's log has a new entry (or another one at this index), or one that was damaged is repaired. */
  appended?(node: NodeWatch, index: number, term: number, chainCrc: number): string | undefined;
  /** The node's log was cut: it keeps what it had up to here. */
  cut?(node: NodeWatch, lastIndex: number): string | undefined;
  /** The node was made whole. */
  doubtEnded?(node: NodeWatch): string | undefined;
  /** The node takes the entry for committed. */
  committed?(node: NodeWatch, index: number, term: number, chainCrc: number): string | undefined;
  /** What the node takes for committed, up to `before` until now, got less. */
  commitFell?(node: NodeWatch, before: number): string | undefined;
  /** An entry is committed for the first time, on this node. */
  firstCommitted?(node: NodeWatch, entry: CommittedEntry): string | undefined;
  /** The node applied everything up to here. */
  applied?(node: NodeWatch, index: number): string | undefined;
  /** The node sends a message to another member. */
  sent?(node: NodeWatch, message: Message): string | undefined;
  /** A client is about to send these messages as one batch. */
  batchSent?(values: readonly string[]): string | undefined;
  /** A client got SEND_OK. */
  acknowledged?(send: AcknowledgedSend): string | undefined;
  /** A consumer got a message. */
  seen?(message: SeenMessage): string | undefined;
  /** Faults are over, and the group had its time: all members run. */
  healed?(nodes: readonly NodeWatch[]): string | undefined;
}
