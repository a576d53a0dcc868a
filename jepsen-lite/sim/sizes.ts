import type { MemberTuning } from '../../cluster/dledger/member-tuning.ts';
import type { Chance } from './chance.ts';

/** What is drawn for every member of a run. */
export interface Sizes {
  /** Lines of a broker.conf. */
  readonly conf: string;
  readonly tuning: MemberTuning;
}

const FLUSH_MODES = ['SYNC_FLUSH', 'ASYNC_FLUSH'] as const;

/** Draws sizes and limits: small ones, so that files roll, batches are cut, snapshots and retention come often. */
export function drawSizes(chance: Chance): Sizes {
  const lines = {
    mappedFileSizeCommitLog: chance.pick([16_384, 65_536, 262_144]),
    mappedFileSizeConsumeQueue: chance.pick([400, 2_000, 20_000]),
    maxHashSlotNum: 500,
    maxIndexNum: 2_000,
    flushDiskType: chance.pick(FLUSH_MODES),
    electionTimeoutMs: chance.pick([200, 750, 750]),
    heartbeatIntervalMs: chance.pick([40, 100]),
    scrubIntervalMs: 2_000,
    scrubBytesPerSecond: 1_048_576,
    offsetBatchMs: chance.pick([10, 200]),
    fileReservedTime: RESERVED_HOURS,
    deleteWhen: Array.from({ length: 24 }, (_, hour) => hour).join(';'),
    cleanResourceInterval: chance.pick([500, 2_000, 10_000]),
  };
  const conf = Object.entries(lines)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
  const appends = {
    maxAppendBytes: chance.pick([1, 2_000, 1 << 20]),
    maxProbeBytes: chance.pick([1, 2_000, 64 << 10]),
    maxInflightCount: chance.pick([1, 4, 256]),
  };
  const tuning = { appends, snapshotDueMs: chance.pick([2_000, 10_000, 60_000]) };
  return { conf, tuning };
}

/** The same lines with the other flush mode. */
export function otherFlushMode(conf: string): string {
  return conf.replace(/(SYNC|ASYNC)_FLUSH/, (mode) => FLUSH_MODES.find((one) => one !== mode) ?? mode);
}

/** Hours that messages are kept. */
export const RESERVED_HOURS = 1;
