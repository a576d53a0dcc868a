import { crc32 } from 'node:zlib';
import type { Disk } from '../../src/platform/ports.ts';
import type { EpochEntry } from './replica-roles.ts';

/** RocketMQ writes this instead of a checksum where it asks for none (CheckpointFile.java). */
const UNCHECKED = 0;

/**
 * Which master wrote which part of the log: RocketMQ's `epochFileCheckpoint`. Epochs and positions rise from entry to entry. Every change is
 * durable before the call returns; the file before it stays as `.bak`.
 */
export class EpochFile {
  readonly #disk: Disk;
  readonly #path: string;
  #entries: EpochEntry[];

  private constructor(disk: Disk, path: string, entries: EpochEntry[]) {
    this.#disk = disk;
    this.#path = path;
    this.#entries = entries;
  }

  /** Reads the file, or `.bak` where it is damaged; without either the list is empty. Throws a sentence if both are damaged. */
  static open(disk: Disk, path: string): EpochFile {
    const problems: string[] = [];
    for (const candidate of [path, `${path}.bak`]) {
      const bytes = disk.readFile(candidate);
      if (bytes === undefined || bytes.length === 0) continue;
      const entries = decodeEpochs(bytes.toString());
      if (typeof entries !== 'string') return new EpochFile(disk, path, entries);
      problems.push(`${candidate} cannot be read: ${entries}`);
    }
    if (problems.length > 0) {
      throw new Error(
        `${problems.join('; ')}. Without it nobody knows what of the log is valid: remove this broker's store, and it fetches everything from the master`,
      );
    }
    return new EpochFile(disk, path, []);
  }

  get entries(): readonly EpochEntry[] {
    return this.#entries;
  }

  /** 0 while there is none. */
  get lastEpoch(): number {
    return this.#entries.at(-1)?.epoch ?? 0;
  }

  /** What is appended from `startPosition` on belongs to `epoch`. An epoch that wrote nothing is forgotten. */
  append(epoch: number, startPosition: number): void {
    const last = this.#entries.at(-1);
    if (last !== undefined && last.epoch >= epoch) return;
    this.#write([...this.#entries.filter((entry) => entry.startPosition < startPosition), { epoch, startPosition }]);
  }

  /** The log was cut at `position`: epochs that begin there or later are gone. */
  cut(position: number): void {
    const kept = this.#entries.filter((entry) => entry.startPosition < position);
    if (kept.length < this.#entries.length) this.#write(kept);
  }

  #write(entries: EpochEntry[]): void {
    const previous = this.#disk.readFile(this.#path);
    if (previous !== undefined) this.#disk.replaceFile(`${this.#path}.bak`, previous);
    this.#disk.replaceFile(this.#path, Buffer.from(encodeEpochs(entries)));
    this.#entries = entries;
  }
}

export function encodeEpochs(entries: readonly EpochEntry[]): string {
  const lines = entries.map(({ epoch, startPosition }) => `${epoch}-${startPosition}\n`).join('');
  return `${entries.length}\n${checksum(lines)}\n${lines}`;
}

/** The entries, or what is wrong with the text. */
export function decodeEpochs(text: string): EpochEntry[] | string {
  const [count, crc, ...rest] = text.split(/\r?\n/);
  const lines = rest.filter((line) => line !== '');
  if (Number(count) !== lines.length) return `it announces ${count} entries and has ${lines.length}`;
  const content = lines.map((line) => `${line}\n`).join('');
  if (Number(crc) !== UNCHECKED && Number(crc) !== checksum(content)) return 'its checksum is wrong';
  const entries: EpochEntry[] = [];
  for (const line of lines) {
    const match = /^(\d+)-(\d+)$/.exec(line);
    if (match === null) return `"${line}" is no entry`;
    const entry = { epoch: Number(match[1]), startPosition: Number(match[2]) };
    const before = entries.at(-1);
    if (before !== undefined && (entry.epoch <= before.epoch || entry.startPosition < before.startPosition)) {
      return `"${line}" is not behind the entry before it`;
    }
    entries.push(entry);
  }
  return entries;
}

/** UtilAll.crc32 of RocketMQ: without the highest bit. */
function checksum(lines: string): number {
  return crc32(lines) & 0x7fff_ffff;
}
