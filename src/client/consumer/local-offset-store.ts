import type { Disk } from '../../platform/ports.ts';
import { type MessageQueue, queueKey } from '../message-queue.ts';
import type { OffsetStore } from './offset-store.ts';

interface StoredOffset extends MessageQueue {
  readonly offset: number;
}

/** Keeps the offsets of a broadcasting consumer in a JSON file, replaced as a whole. */
export class LocalOffsetStore implements OffsetStore {
  readonly #disk: Disk;
  readonly #path: string;
  #offsets: Map<string, StoredOffset> | undefined;

  /** `path` is the file; its directory is made if it is missing. */
  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
  }

  async load(queue: MessageQueue): Promise<number | undefined> {
    return this.#table().get(queueKey(queue))?.offset;
  }

  async save(offsets: ReadonlyMap<MessageQueue, number>): Promise<void> {
    const table = this.#table();
    for (const [queue, offset] of offsets) {
      const { topic, brokerName, queueId } = queue;
      table.set(queueKey(queue), { topic, brokerName, queueId, offset });
    }
    const directory = this.#path.slice(0, Math.max(0, this.#path.lastIndexOf('/')));
    if (directory !== '') this.#disk.makeDirectory(directory);
    this.#disk.replaceFile(this.#path, Buffer.from(JSON.stringify({ offsets: [...table.values()] }, undefined, 2)));
  }

  #table(): Map<string, StoredOffset> {
    this.#offsets ??= this.#read();
    return this.#offsets;
  }

  #read(): Map<string, StoredOffset> {
    const content = this.#disk.readFile(this.#path);
    if (content === undefined) return new Map();
    const offsets = parseOffsets(content.toString('utf8'));
    if (offsets === undefined) {
      throw new Error(
        `${this.#path} is not a list of consumer offsets; repair it, or remove it to start as a new consumer.`,
      );
    }
    return new Map(offsets.map((each) => [queueKey(each), each]));
  }
}

function parseOffsets(text: string): StoredOffset[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const list = (parsed as { offsets?: unknown } | null)?.offsets;
  return Array.isArray(list) && list.every(isStoredOffset) ? list : undefined;
}

function isStoredOffset(value: unknown): value is StoredOffset {
  const { topic, brokerName, queueId, offset } = (value ?? {}) as Partial<Record<keyof StoredOffset, unknown>>;
  return (
    typeof topic === 'string' &&
    typeof brokerName === 'string' &&
    Number.isSafeInteger(queueId) &&
    Number.isSafeInteger(offset)
  );
}
