import type { WriteRefusal } from './replicator.ts';

/**
 * One message to be stored. The caller owns the object and may reuse it once the put returned; `body` and `properties` are copied
 * into the log during the call. The last four fields are answers of the store.
 */
export interface PutMessage {
  topic: string;
  queueId: number;
  /** User flag. */
  flag: number;
  /** MessageSysFlag; the two bits for IPv6 hosts are set by the store from the lengths of the host bytes. */
  sysFlag: number;
  bornTimestamp: number;
  /** 4 or 16 address bytes and 4 bytes of port. */
  bornHost: Uint8Array;
  reconsumeTimes: number;
  preparedTransactionOffset: number;
  /** Encoded properties (name 0x01 value 0x02 ...), as text or as UTF-8 bytes. At most 32,767 bytes. */
  properties: string | Uint8Array;
  body: Uint8Array;
  /** Out: physical offset of the record. */
  position: number;
  /** Out: place in its queue (0 for prepared and rolled-back transaction records). */
  queueOffset: number;
  /** Out: milliseconds; never below that of the record before it in the log. */
  storeTimestamp: number;
  /** Out: bytes of the record. */
  recordSize: number;
}

/**
 * How the wait for a put ended without a confirmation, while the message stands in the log and consumers will get it: the fsync took too long, the
 * slaves took too long, or no slave is near enough. RocketMQ's names; clients take each for a send that succeeded with a warning.
 */
export type WaitOutcome = 'flush-disk-timeout' | 'flush-slave-timeout' | 'slave-not-available';

/** `stored`: confirmed as the modes in force promise. `unknown`: appended, but nobody can tell whether it will survive (response code 1). */
export type PutOutcome = 'stored' | 'unknown' | WaitOutcome;

/** Waits for the outcome of one put. Owned by the caller, who may reuse it after `putFinished`; the store sets `ticket`. */
export interface PendingPut {
  ticket: number;
  /** False: the sender asked not to wait for fsync or slaves (property WAIT=false); it hears as soon as the log's mode allows. Default: true. */
  readonly waits?: boolean;
  /** Called exactly once for each put that was not refused, in the order of the puts (of those that wait alike), never before the put returned. */
  putFinished(outcome: PutOutcome): void;
}

/** A refused put appended nothing, and `putFinished` is not called for it. */
export type PutRefusal = WriteRefusal;
