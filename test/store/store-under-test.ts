import { expect } from 'vitest';
import { decodeRecord } from '../../src/protocol/message/record-reader.ts';
import type { GetResult } from '../../src/store/get-result.ts';
import { LogMessageStore } from '../../src/store/log-message-store.ts';
import type { PutMessage } from '../../src/store/put-message.ts';
import { createVirtualPlatform, type VirtualPlatform } from '../support/virtual-platform.ts';
import { ManualLog } from './manual-log.ts';
import { HOST, SMALL, Waiting } from './support.ts';

/** Made anew before each test. */
export let platform: VirtualPlatform;
export let log: ManualLog;
export let store: LogMessageStore;

/** Opens the store anew over the same log and platform. */
export function reopen(start = true): void {
  store = openStore(start);
}

function openStore(start = true): LogMessageStore {
  const opened = new LogMessageStore(platform, '/store', { replicator: log, records: log }, SMALL.store);
  opened.setStoreHost(HOST);
  if (start) {
    opened.recover({ fromPosition: 0, queueOffsets: new Map() });
    opened.start();
  }
  return opened;
}

/** A fresh log, platform and store; for `beforeEach`, through a function without arguments. */
export function renew(seed = 1): void {
  platform = createVirtualPlatform(seed);
  log = new ManualLog();
  store = openStore();
}

/** Puts one message, or several as one unit. */
export function put(...messages: PutMessage[]): Waiting {
  const waiting = new Waiting();
  expect(messages.length === 1 ? store.put(messages[0]!, waiting) : store.putUnit(messages, waiting)).toBeUndefined();
  return waiting;
}

/** A read, with the disk's help if need be. */
export function get(offset: number, topic = 'T', queueId = 0, maxCount = 32, maxBytes = 1 << 20): GetResult {
  let result: GetResult | undefined;
  store.getMessage(topic, queueId, offset, maxCount, maxBytes, undefined, (found) => {
    result = found;
  });
  for (let turn = 0; result === undefined && turn < 100; turn++) {
    platform.world.advance(1);
    log.finishReads();
  }
  return result!;
}

export const bodies = (records: readonly Buffer[]) => records.map((record) => bodyOf(record));

export function bodyOf(record: Buffer): string {
  const decoded = decodeRecord(record);
  return typeof decoded === 'string' ? decoded : decoded.body.toString();
}
