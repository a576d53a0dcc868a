import type { Outcome } from './history.ts';

/** Whose promises hold: LedgerMQ's, or those that stock Apache RocketMQ keeps. */
export type Server = 'ledgermq' | 'stock';

/** What a send ended with: a response code of the broker, or an end without an answer. */
export type SendEnd = number | 'timeout' | 'connection-lost' | 'oneway';

const success = 0;

/**
 * Codes after which the message was certainly not appended. Ours: 14 (not writable, a promise of LedgerMQ alone), 13 (message
 * illegal), 16 (no permission), 17 (no such topic), 29 (parameter refused). RocketMQ `ResponseCode`, `SendMessageProcessor`.
 */
const certainFailures: Readonly<Record<Server, ReadonlySet<number>>> = {
  ledgermq: new Set([13, 14, 16, 17, 29]),
  stock: new Set([13, 16, 17, 29]),
};

/**
 * Classifies the end of one send. Everything that is neither SEND_OK nor a certain failure is unknown: 1 and 2 may come after the append, 10
 * (FLUSH_DISK_TIMEOUT) and 12 (FLUSH_SLAVE_TIMEOUT) do, and so may a timeout, a lost connection and a oneway send.
 */
export function sendOutcome(end: SendEnd, server: Server): Outcome {
  if (end === success) return 'ok';
  if (typeof end === 'number' && certainFailures[server].has(end)) return 'fail';
  return 'info';
}
