import { getProperty, PropertyName } from '../protocol/message/properties.ts';
import { RecordReader } from '../protocol/message/record-reader.ts';
import type { MessageIndex } from './message-index.ts';
import type { RecordSource } from './record-source.ts';

export interface KeyQuery {
  readonly topic: string;
  readonly key: string;
  readonly maxCount: number;
  readonly beginMs: number;
  readonly endMs: number;
}

const reader = new RecordReader();

/** The index only says where to look: each record is asked itself, and counts once. */
export function queryByKey(
  index: MessageIndex,
  source: RecordSource,
  query: KeyQuery,
  done: (records: Buffer[]) => void,
): void {
  const records: Buffer[] = [];
  const seen = new Set<number>();
  index.query(
    query.topic,
    query.key,
    query.beginMs,
    query.endMs,
    (position, next) => {
      if (seen.has(position)) {
        next(true);
        return;
      }
      seen.add(position);
      source.lookup(position, (record) => {
        if (record !== undefined && matches(record, query)) records.push(record);
        next(records.length < query.maxCount);
      });
    },
    () => done(records),
  );
}

function matches(record: Buffer, query: KeyQuery): boolean {
  if (reader.open(record, 0, record.length) !== 'record' || reader.topic !== query.topic) return false;
  if (reader.storeTimestamp < query.beginMs || reader.storeTimestamp > query.endMs) return false;
  const properties = reader.propertiesText;
  if (getProperty(properties, PropertyName.UNIQ_KEY) === query.key) return true;
  return (getProperty(properties, PropertyName.KEYS) ?? '').split(' ').includes(query.key);
}
