import type { Chance } from './chance.ts';

/** Draws sizes and limits for a run, as lines of a broker.conf. */
export function drawSizes(chance: Chance): string {
  const lines = {
    mappedFileSizeCommitLog: chance.pick([16_384, 65_536, 262_144]),
    mappedFileSizeConsumeQueue: chance.pick([400, 2_000, 20_000]),
    maxHashSlotNum: 500,
    maxIndexNum: 2_000,
    flushDiskType: chance.pick(['SYNC_FLUSH', 'ASYNC_FLUSH']),
    electionTimeoutMs: chance.pick([200, 750, 750]),
    heartbeatIntervalMs: chance.pick([40, 100]),
    offsetBatchMs: chance.pick([10, 200]),
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
