import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Disk, DiskError } from '../../src/platform/ports.ts';
import type { GetResult, MessageFilter } from '../../src/store/get-result.ts';
import type { MessageStore } from '../../src/store/message-store.ts';
import {
  DEFAULT_NATIVE_OPTIONS,
  type NativeStoreOptions,
  type NativeStoreOwner,
} from '../../src/store/native-options.ts';
import { type NativeStore, openNativeStore } from '../../src/store/native-store.ts';
import type { PendingPut, PutMessage, PutOutcome } from '../../src/store/put-message.ts';
import { DEFAULT_STORE_OPTIONS } from '../../src/store/store-options.ts';
import type { VirtualPlatform } from '../support/virtual-platform.ts';

export const ROOT = '/store';

/** A message as the Java client printed it. */
export interface GoldenMessage {
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly msgId: string;
  readonly commitLogOffset: number;
  readonly storeSize: number;
  readonly sysFlag: number;
  readonly flag: number;
  readonly bornTimestamp: number;
  readonly bornHost: string;
  readonly storeTimestamp: number;
  readonly storeHost: string;
  readonly reconsumeTimes: number;
  readonly preparedTransactionOffset: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly bodyBase64: string;
}

export interface GoldenStore {
  readonly files: Readonly<Record<string, { readonly size: number; readonly base64: string }>>;
  readonly messages: readonly GoldenMessage[];
}

export function goldenStore(version: string): GoldenStore {
  const url = new URL(`../fixture/store/${version}-master.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(url)).toString()) as GoldenStore;
}

/** Puts the files of a golden directory on a disk, full length. */
export function unpack(golden: GoldenStore, disk: Disk, keep: (path: string) => boolean = () => true): void {
  for (const [path, { size, base64 }] of Object.entries(golden.files)) {
    if (!keep(path)) continue;
    disk.makeDirectory(posix.dirname(`${ROOT}/${path}`));
    const file = disk.open(`${ROOT}/${path}`, { create: true });
    file.writeSync(Buffer.from(base64, 'base64'), 0);
    file.truncateSync(size);
    file.close();
  }
}

/** Settings of the golden directories; small enough for tests of any kind. */
export const SMALL: NativeStoreOptions = {
  ...DEFAULT_NATIVE_OPTIONS,
  root: ROOT,
  segmentBytes: 1 << 20,
  tailBytes: 64 << 10,
  chunkBytes: 16 << 10,
  fullPercent: 200,
  retention: { ...DEFAULT_NATIVE_OPTIONS.retention, forcedPercent: undefined },
  store: {
    ...DEFAULT_STORE_OPTIONS,
    consumeQueueFileBytes: 60_000,
    indexSlotCount: 5000,
    indexEntryCount: 20_000,
    coldBlockBytes: 16 << 10,
    coldBlockCount: 4,
  },
};

export class TestOwner implements NativeStoreOwner {
  state: Buffer = Buffer.alloc(0);
  readonly fatals: DiskError[] = [];
  safe: number | undefined;

  exportState(): Buffer {
    return this.state;
  }

  safePosition(): number {
    return this.safe ?? Number.MAX_SAFE_INTEGER;
  }

  fatal(error: DiskError): void {
    this.fatals.push(error);
  }
}

/** Opens and starts a store; fails on a refusal. */
export function startStore(
  platform: VirtualPlatform,
  options: NativeStoreOptions = SMALL,
  owner: NativeStoreOwner = new TestOwner(),
): NativeStore {
  const native = openNativeStore(platform, options, owner);
  if (typeof native === 'string') throw new Error(native);
  native.store.setStoreHost(HOST);
  native.start();
  return native;
}

export const HOST = Buffer.from([127, 0, 0, 1, 0, 0, 0x2a, 0x9f]);

export function message(
  topic: string,
  queueId: number,
  body: string | Buffer,
  properties: Record<string, string> = {},
): PutMessage {
  const text = Object.entries(properties)
    .map(([name, value]) => `${name}\u0001${value}\u0002`)
    .join('');
  return {
    topic,
    queueId,
    flag: 0,
    sysFlag: 0,
    bornTimestamp: 1,
    bornHost: HOST,
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    properties: text,
    body: Buffer.from(body),
    position: -1,
    queueOffset: -1,
    storeTimestamp: -1,
    recordSize: -1,
  };
}

/** Waits for one put, and remembers how it ended. */
export class Waiting implements PendingPut {
  ticket = -1;
  outcome: PutOutcome | undefined;

  putFinished(outcome: PutOutcome): void {
    if (this.outcome !== undefined) throw new Error('a put ends once');
    this.outcome = outcome;
  }
}

/** Puts and waits until it is stored. */
export function putNow(platform: VirtualPlatform, store: MessageStore, ...messages: PutMessage[]): void {
  const waiting = new Waiting();
  const refusal = messages.length === 1 ? store.put(messages[0]!, waiting) : store.putUnit(messages, waiting);
  if (refusal !== undefined) throw new Error(refusal.text);
  platform.world.runUntil(() => waiting.outcome !== undefined);
  if (waiting.outcome !== 'stored') throw new Error(waiting.outcome);
}

/** Runs the world until the callback came, and gives its argument. */
export function wait<Value>(platform: VirtualPlatform, start: (done: (value: Value) => void) => void): Value {
  let result: { value: Value } | undefined;
  start((value) => {
    if (result !== undefined) throw new Error('called back twice');
    result = { value };
  });
  platform.world.runUntil(() => result !== undefined);
  return result!.value;
}

export function get(
  platform: VirtualPlatform,
  store: MessageStore,
  topic: string,
  queueId: number,
  offset: number,
  maxCount = 32,
  maxBytes = 1 << 20,
  filter?: MessageFilter,
): GetResult {
  return wait<GetResult>(platform, (done) =>
    store.getMessage(topic, queueId, offset, maxCount, maxBytes, filter, done),
  );
}

/** All records of a queue from an offset on. */
export function readQueue(
  platform: VirtualPlatform,
  store: MessageStore,
  topic: string,
  queueId: number,
  from = store.minOffset(topic, queueId),
): Buffer[] {
  const records: Buffer[] = [];
  for (let offset = from; offset < store.maxOffset(topic, queueId); ) {
    const result = get(platform, store, topic, queueId, offset);
    if (result.status !== 'FOUND') throw new Error(`${result.status} at ${offset}`);
    records.push(...result.records);
    offset = result.nextBeginOffset;
  }
  return records;
}

export function close(platform: VirtualPlatform, native: NativeStore): void {
  const error = wait<DiskError | undefined>(platform, (done) => native.close(done));
  if (error !== undefined) throw new Error(error.message);
}
