import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { SubscriptionGroupConfig } from '../../protocol/body/subscription-group-config.ts';
import type { TopicConfig } from '../../protocol/body/topic-config.ts';
import { decodeRecord, type StoredRecord } from '../../protocol/message/record-reader.ts';
import { AdminError } from '../admin-error.ts';

/** Version of the folder's form. */
const FORMAT = 1;
const MANIFEST = 'store.json';
const BLOCK_BYTES = 1 << 20;

/** Messages of one queue, in the order of their offsets. */
export interface ExportedQueue {
  readonly topic: string;
  readonly queueId: number;
  /** Offset that the first message had; the next one where there is none. */
  readonly firstOffset: number;
  readonly count: number;
  /** Name of the file: RocketMQ's records back to back, as a pull gives them. */
  readonly file: string;
}

/** What a folder says of the store that was exported into it. Topics and groups are RocketMQ's JSON objects. */
export interface StoreExport {
  readonly format: typeof FORMAT;
  readonly broker: string;
  readonly topics: readonly TopicConfig[];
  readonly groups: readonly SubscriptionGroupConfig[];
  readonly queues: readonly ExportedQueue[];
  /** Messages that wait in the delay queues. */
  readonly delayed: readonly ExportedQueue[];
  readonly offsets: readonly {
    readonly group: string;
    readonly topic: string;
    readonly queueId: number;
    readonly offset: number;
  }[];
}

/** A folder that is being filled. It is an export only when `finish` has written what is in it. */
export class NewExport {
  readonly #folder: string;
  #files = 0;

  /** Throws a sentence for a folder that holds something. */
  constructor(folder: string) {
    if (existsSync(folder) && readdirSync(folder).length > 0)
      throw new AdminError(`--outputDir ${folder} is not empty; name a folder that is empty or does not exist.`);
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
  }

  /** Name of a new file. */
  newFile(): string {
    const name = `queue-${this.#files++}.records`;
    writeFileSync(join(this.#folder, name), '');
    return name;
  }

  append(file: string, records: Uint8Array): void {
    appendFileSync(join(this.#folder, file), records);
  }

  finish(content: Omit<StoreExport, 'format'>): void {
    const path = join(this.#folder, MANIFEST);
    writeFileSync(`${path}.tmp`, `${JSON.stringify({ format: FORMAT, ...content }, undefined, 1)}\n`);
    renameSync(`${path}.tmp`, path);
  }
}

/** Reads what a folder holds. Throws a sentence. */
export function readExport(folder: string): StoreExport {
  const path = join(folder, MANIFEST);
  if (!existsSync(path))
    throw new AdminError(`--inputDir ${folder} holds no ${MANIFEST}: it is no export, or one that did not end.`);
  let content: StoreExport;
  try {
    content = JSON.parse(readFileSync(path, 'utf8')) as StoreExport;
  } catch (error) {
    throw new AdminError(`${path} cannot be read (${(error as Error).message}); export the store again.`);
  }
  if (content.format === FORMAT) return content;
  throw new AdminError(
    `${path} has format ${content.format}, this version knows ${FORMAT}; use the version that wrote it.`,
  );
}

/** The messages of an exported queue, one after another. Throws a sentence where the file is not what was exported. */
export function* readRecords(folder: string, { file, count }: ExportedQueue): Generator<StoredRecord, void> {
  const path = join(folder, file);
  const descriptor = openSync(path, 'r');
  try {
    let rest: Buffer = Buffer.alloc(0);
    let found = 0;
    for (let block = readBlock(descriptor); block.length > 0 || rest.length > 0; block = readBlock(descriptor)) {
      const bytes = Buffer.concat([rest, block]);
      let at = 0;
      for (let record = decodeRecord(bytes, at); record !== 'incomplete'; record = decodeRecord(bytes, at)) {
        if (typeof record === 'string') throw new AdminError(`${path} is damaged (${record}); export the store again.`);
        at += record.size;
        found++;
        yield record;
      }
      rest = bytes.subarray(at);
      if (block.length === 0 && rest.length > 0) throw new AdminError(`${path} was cut short; export the store again.`);
    }
    if (found !== count) throw new AdminError(`${path} holds ${found} of ${count} messages; export the store again.`);
  } finally {
    closeSync(descriptor);
  }
}

function readBlock(descriptor: number): Buffer {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  return block.subarray(0, readSync(descriptor, block));
}
