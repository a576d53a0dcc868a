import type { DurableLog } from '../../../cluster/raft-storage/durable-log.ts';
import {
  type OpenDurableLogOptions,
  type OpenedDurableLog,
  openDurableLog,
} from '../../../cluster/raft-storage/open-durable-log.ts';
import type { EntryBatch } from '../../../raft/index.ts';
import type { VirtualPlatform } from '../../support/virtual-platform.ts';

export const directory = '/store/data';

export function tryOpen(platform: VirtualPlatform, more: Partial<OpenDurableLogOptions> = {}) {
  return openDurableLog({
    disk: platform.disk,
    timers: platform.timers,
    directory,
    segmentBytes: 1024,
    firstPosition: 0,
    firstWrotePosition: 0,
    checkpoints: [],
    mayCut: () => false,
    ...more,
  });
}

export function openLog(platform: VirtualPlatform, more: Partial<OpenDurableLogOptions> = {}): OpenedDurableLog {
  const opened = tryOpen(platform, more);
  if ('log' in opened) return opened;
  throw new Error(opened.message);
}

/** Appends an entry with one record of `size` bytes, filled with `fill`; returns its index. */
export function propose(log: DurableLog, term: number, size: number, fill: number): number {
  const { buffer, offset } = log.reserve(size);
  buffer.fill(fill, offset, offset + size);
  buffer.writeUInt32BE(size, offset);
  return log.seal(term);
}

export function persist(platform: VirtualPlatform, log: DurableLog, sync = false): string | number {
  let result: string | number | undefined;
  log.persist(sync, (error, upTo) => {
    result = error?.code ?? upTo;
  });
  platform.world.runUntil(() => result !== undefined);
  return result as string | number;
}

export function load(platform: VirtualPlatform, log: DurableLog, first: number, maxBytes: number): EntryBatch {
  let result: EntryBatch | { code: string; message: string } | undefined;
  log.load(first, maxBytes, (loaded) => {
    result = loaded;
  });
  platform.world.runUntil(() => result !== undefined);
  if (result === undefined || 'code' in result) throw new Error(result?.message);
  return result;
}

/** All files of the log, one after another. */
export function fileBytes(platform: VirtualPlatform): Buffer {
  return Buffer.concat(
    platform.disk.list(directory).map((name) => platform.disk.readFile(`${directory}/${name}`) ?? Buffer.alloc(0)),
  );
}

/** A copy of a batch as it comes from the network: one buffer. */
export function received(batch: EntryBatch): EntryBatch {
  return { ...batch, payload: [Buffer.concat(batch.payload as Buffer[])] };
}

/** Index, term, body length and first fill byte of each entry. */
export function entriesOf(log: DurableLog, first = log.firstIndex, last = log.lastIndex): number[][] {
  const result: number[][] = [];
  const fault = log.forEachEntry(first, last, (buffer, offset, length, index, term) => {
    result.push([index, term, length, buffer[offset + 4] ?? -1]);
  });
  if (fault !== undefined) throw new Error(fault.message);
  return result;
}
