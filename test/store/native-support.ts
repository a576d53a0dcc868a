import { expect } from 'vitest';
import { decodeRecord, type StoredRecord } from '../../src/protocol/message/record-reader.ts';
import type { NativeStoreOptions } from '../../src/store/native-options.ts';
import { type NativeStore, openNativeStore } from '../../src/store/native-store.ts';
import type { VirtualPlatform } from '../support/virtual-platform.ts';
import { SMALL, TestOwner, wait } from './support.ts';

/** Files of 4 KiB: they roll all the time. */
export const TINY: NativeStoreOptions = {
  ...SMALL,
  segmentBytes: 4096,
  tailBytes: 1024,
  chunkBytes: 1024,
  store: {
    ...SMALL.store,
    consumeQueueFileBytes: 200,
    indexSlotCount: 7,
    indexEntryCount: 30,
    coldBlockBytes: 512,
    coldBlockCount: 2,
  },
};

export function decode(record: Buffer): StoredRecord {
  const decoded = decodeRecord(record);
  if (typeof decoded === 'string') throw new Error(decoded);
  return decoded;
}

/** Bodies of records, as text. */
export const texts = (records: readonly Buffer[]) => records.map((record) => decode(record).body.toString());

/** The sentence with which the store refuses to open. */
export function refusalOf(platform: VirtualPlatform, options: NativeStoreOptions = TINY): string {
  const result = openNativeStore(platform, options, new TestOwner());
  if (typeof result !== 'string') throw new Error('the store opened');
  return result;
}

/** Makes a recovery point now. */
export function point(platform: VirtualPlatform, native: NativeStore): void {
  expect(wait(platform, (done) => native.makePoint(done))).toBeUndefined();
}
