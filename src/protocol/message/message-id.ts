import { assert } from '../../base/assert.ts';
import { readInt64, writeInt64 } from '../../base/bytes.ts';
import { decodeHost, HOST_V4_BYTES, HOST_V6_BYTES, type Host } from './host.ts';

const POSITION_BYTES = 8;

/** The id of a stored record: its store host (8 or 20 bytes, as made by `encodeHost`) and position, in upper-case hex. */
export function offsetMessageId(storeHost: Uint8Array, position: number): string {
  const id = Buffer.alloc(storeHost.length + POSITION_BYTES);
  id.set(storeHost);
  writeInt64(id, position, storeHost.length);
  return id.toString('hex').toUpperCase();
}

/** What an offsetMsgId tells: the broker that stored the record, and where. Undefined if the text is none. */
export function parseOffsetMessageId(text: string): { readonly host: Host; readonly position: number } | undefined {
  const isV4 = text.length === 2 * (HOST_V4_BYTES + POSITION_BYTES);
  const isV6 = text.length === 2 * (HOST_V6_BYTES + POSITION_BYTES);
  if ((!isV4 && !isV6) || !/^[0-9a-fA-F]+$/.test(text)) return undefined;
  const id = Buffer.from(text, 'hex');
  const hostBytes = id.length - POSITION_BYTES;
  const position = readInt64(id, hostBytes);
  return Number.isSafeInteger(position) ? { host: decodeHost(id.subarray(0, hostBytes)), position } : undefined;
}

/** What the generator needs of the world. */
export interface UniqueKeySource {
  readonly clock: { nowMs(): number };
  readonly random: { below(bound: number): number };
  readonly process: { readonly pid: number };
}

const MS_PER_DAY = 86_400_000;
const MAX_COUNTER = 0x10000;

/**
 * Makes the ids that a producer gives its messages (UNIQ_KEY): address, low 16 bits of the process id, 32 random bits, milliseconds
 * since the start of the month (UTC), counter; 32 hex digits with an IPv4 address (MessageClientIDSetter.java).
 */
export function createUniqueKeyGenerator(source: UniqueKeySource, address: Uint8Array): () => string {
  assert(address.length === 4 || address.length === 16, 'an address has 4 or 16 bytes');
  const id = Buffer.alloc(address.length + 12);
  id.set(address);
  id.writeUInt16BE(source.process.pid & 0xffff, address.length);
  id.writeUInt32BE(source.random.below(0x1_0000_0000), address.length + 2);
  const prefix = id.toString('hex', 0, address.length + 6).toUpperCase();
  let counter = 0;
  let month = monthOf(source.clock.nowMs());
  return () => {
    const nowMs = source.clock.nowMs();
    if (nowMs >= month.endMs || nowMs < month.startMs) month = monthOf(nowMs);
    id.writeUInt32BE(nowMs - month.startMs, address.length + 6);
    id.writeUInt16BE(counter, address.length + 10);
    counter = (counter + 1) % MAX_COUNTER;
    return prefix + id.toString('hex', address.length + 6).toUpperCase();
  };
}

/** Start of the UTC month of `nowMs`, and a time until which that holds for certain, counted from the civil calendar. */
function monthOf(nowMs: number): { readonly startMs: number; readonly endMs: number } {
  const day = Math.floor(nowMs / MS_PER_DAY);
  // Days since 0000-03-01, in eras of 400 years, so that the leap day ends each counted year.
  const shifted = day + 719_468;
  const dayOfEra = shifted - Math.floor(shifted / 146_097) * 146_097;
  const leaps = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365);
  const firstOfYear = 365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const monthFromMarch = Math.floor((5 * (dayOfEra - firstOfYear) + 2) / 153);
  const dayOfMonth = dayOfEra - firstOfYear - Math.floor((153 * monthFromMarch + 2) / 5);
  const startMs = (day - dayOfMonth) * MS_PER_DAY;
  return { startMs, endMs: startMs + 28 * MS_PER_DAY };
}
