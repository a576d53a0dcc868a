import { crc32 } from 'node:zlib';
import type { QueueOffsets } from './message-store.ts';

/** A durable state of a native store: everything derived, and the owner's state, reflect the log up to `position`, and all of it is fsynced. */
export interface StorePoint {
  readonly position: number;
  /** See `RecoveryPoint`. */
  readonly stateAt?: number | undefined;
  readonly lastTimestamp: number;
  readonly queueOffsets: QueueOffsets;
  /** Whatever the owner of the store exported. */
  readonly ownerState: Buffer;
}

const MAGIC = 'LMQPOINT';
const VERSION = 1;
/** Magic, version, length of the JSON part, CRC-32 of everything behind this header. */
const HEADER_BYTES = 20;

interface PointJson {
  readonly position: number;
  readonly stateAt?: number | undefined;
  readonly lastTimestamp: number;
  readonly queues: readonly (readonly [topic: string, queueId: number, next: number])[];
}

export function encodeStorePoint(point: StorePoint): Buffer {
  const queues: [string, number, number][] = [];
  for (const [topic, nexts] of point.queueOffsets) {
    for (const [queueId, next] of nexts.entries()) if (next >= 0) queues.push([topic, queueId, next]);
  }
  const { position, stateAt, lastTimestamp } = point;
  const json = Buffer.from(JSON.stringify({ position, stateAt, lastTimestamp, queues } satisfies PointJson));
  const content = Buffer.concat([json, point.ownerState]);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt32BE(VERSION, 8);
  header.writeUInt32BE(json.length, 12);
  header.writeUInt32BE(crc32(content), 16);
  return Buffer.concat([header, content]);
}

/** The version of a point that a newer program wrote; undefined if it is none. */
export function newerVersion(bytes: Buffer): number | undefined {
  const isPoint = bytes.length >= HEADER_BYTES && bytes.toString('latin1', 0, 8) === MAGIC;
  const version = isPoint ? bytes.readUInt32BE(8) : 0;
  return version > VERSION ? version : undefined;
}

/** The point, or what is wrong with the bytes. */
export function decodeStorePoint(bytes: Buffer): StorePoint | string {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) return 'it is no recovery point';
  if (bytes.readUInt32BE(8) !== VERSION)
    return `its version is ${bytes.readUInt32BE(8)}, this program knows ${VERSION}`;
  const content = bytes.subarray(HEADER_BYTES);
  if (crc32(content) !== bytes.readUInt32BE(16)) return 'its checksum is wrong';
  const jsonBytes = bytes.readUInt32BE(12);
  const { position, stateAt, lastTimestamp, queues } = JSON.parse(content.toString('utf8', 0, jsonBytes)) as PointJson;
  const queueOffsets = new Map<string, number[]>();
  for (const [topic, queueId, next] of queues) {
    const nexts = queueOffsets.get(topic) ?? [];
    queueOffsets.set(topic, nexts);
    while (nexts.length < queueId) nexts.push(-1);
    nexts[queueId] = next;
  }
  return { position, stateAt, lastTimestamp, queueOffsets, ownerState: content.subarray(jsonBytes) };
}
