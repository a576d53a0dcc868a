import type { EntryBatch } from '../../raft/index.ts';
import { type InternalRecord, readInternalRecord } from '../../src/broker/state/apply-record.ts';
import { RecordReader } from '../../src/protocol/message/record-reader.ts';
import { INTERNAL_TOPIC } from '../../src/store/internal-topic.ts';
import type { DurableLog } from '../raft-storage/durable-log.ts';
import { entryHeaderBytes, entryIndex } from '../raft-storage/entry.ts';
import { entryBytesOf } from '../raft-storage/entry-batch.ts';
import { type ReadableEntriesOptions, visitReadable } from '../raft-storage/readable-entries.ts';
import { visitBatch } from '../raft-storage/received-entries.ts';

/** A member and where its peer port is, `host:port`, as the log has it. */
export interface NamedMember {
  readonly id: string;
  readonly address: string;
}

/** The members from entry `index` on (raft/FORMATS.md 6). */
export interface NamedSet {
  readonly index: number;
  readonly voters: readonly NamedMember[];
  readonly learners: readonly NamedMember[];
}

/** The set that an internal record brings; undefined if its type brings none. */
export function setOf({ type, body }: InternalRecord, index: number): NamedSet | undefined {
  if (type !== 'first-entry' && type !== 'config-change') return undefined;
  const content = JSON.parse(body.toString()) as Partial<NamedSet> & { readonly members?: readonly NamedMember[] };
  return { index, voters: content.voters ?? content.members ?? [], learners: content.learners ?? [] };
}

const reader = new RecordReader();

/** The set that an entry with this body brings: such a record is the first of its entry. */
function setInBody(bytes: Buffer, body: number, end: number, index: number): NamedSet | undefined {
  if (reader.open(bytes, body, end) !== 'record' || reader.topic !== INTERNAL_TOPIC) return undefined;
  return setOf(readInternalRecord(bytes.subarray(body, body + reader.size), index), index);
}

/** The sets that the entries of a received batch bring, oldest first. */
export function setsInBatch(batch: EntryBatch): readonly NamedSet[] {
  let found: NamedSet[] | undefined;
  visitBatch(entryBytesOf(batch), 0, (bytes, offset, size) => {
    const set = setInBody(bytes, offset + entryHeaderBytes, offset + size, entryIndex(bytes, offset));
    if (set !== undefined) found = [...(found ?? []), set];
  });
  return found ?? NONE;
}

const NONE: readonly NamedSet[] = [];

/** The same of a log that is damaged, and not open: of its entries from `position` on that can be read. Blocking; throws the disk's error. */
export function setsInDamagedLog(options: ReadableEntriesOptions, position: number): readonly NamedSet[] {
  const found: NamedSet[] = [];
  visitReadable(options, position, (bytes, offset, size) => {
    const set = setInBody(bytes, offset + entryHeaderBytes, offset + size, entryIndex(bytes, offset));
    if (set !== undefined) found.push(set);
  });
  return found;
}

/** The same of the entries of the own log from `first` on, but for damaged ones. Blocking; throws what makes the log unreadable. */
export function setsInLog(log: DurableLog, first: number): readonly NamedSet[] {
  const found: NamedSet[] = [];
  if (first > log.lastIndex) return found;
  let from = first <= log.firstIndex ? log.segments.minPosition : log.endOf(first - 1);
  const stretchTo = (to: number): void => {
    const fault = log.scanEntries(from, to, (bytes, body, length, index) => {
      const set = index < first ? undefined : setInBody(bytes, body, body + length, index);
      if (set !== undefined) found.push(set);
    });
    if (fault !== undefined) throw new Error(fault.message);
  };
  for (const gap of log.gaps.all) {
    if (gap.to <= from) continue;
    stretchTo(gap.from);
    from = gap.to;
  }
  stretchTo(log.segments.endPosition);
  return found;
}
