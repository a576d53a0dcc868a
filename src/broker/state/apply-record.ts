import { getProperty } from '../../protocol/message/properties.ts';
import { decodeRecord } from '../../protocol/message/record-reader.ts';
import type { BrokerState } from './broker-state.ts';
import { decodeStateChange, isStateChangeType } from './state-record.ts';

/** An internal record of the log (raft/FORMATS.md 6). */
export interface InternalRecord {
  readonly type: string;
  readonly version: number;
  readonly body: Buffer;
}

/** Takes an internal record apart. Throws a sentence if it is none. */
export function readInternalRecord(bytes: Buffer, position: number): InternalRecord {
  const record = decodeRecord(bytes);
  if (typeof record === 'string') throw new Error(`the internal record at ${position} cannot be read: ${record}`);
  const type = getProperty(record.properties, 'LMQT');
  const version = Number(getProperty(record.properties, 'LMQV'));
  if (type === undefined || !Number.isInteger(version)) {
    throw new Error(`the internal record at ${position} does not name its type and version`);
  }
  return { type, version, body: record.body };
}

/**
 * Applies a confirmed internal record to the state; false if its type is not one of the broker's. Throws a sentence for a version or a key that
 * this program does not know: replay must not go past it.
 */
export function applyRecord(state: BrokerState, { type, version, body }: InternalRecord): boolean {
  if (!isStateChangeType(type)) return false;
  state.commit(decodeStateChange(type, version, body));
  return true;
}
