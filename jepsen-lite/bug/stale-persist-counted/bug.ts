import type { PlantedBug } from '../planted-bug.ts';

export const stalePersistCounted: PlantedBug = {
  name: 'stale-persist-counted',
  breaks: 'The end of a write counts for entries that took the place of those that were written.',
  source: 'etcd testdata/async_storage_writes_append_aba_race.txt',
  replaces: 'raft/core/durable-marks.ts',
  foundBy: ['persisted-first', 'written-is-there', 'committed-prefix'],
};
