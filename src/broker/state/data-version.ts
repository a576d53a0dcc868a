import type { DataVersion } from '../../protocol/body/data-version.ts';

export const FIRST_DATA_VERSION: DataVersion = { stateVersion: 0, timestamp: 0, counter: 0 };

/** The version after one more change. */
export function nextDataVersion(version: DataVersion, stateVersion: number, nowMs: number): DataVersion {
  return { stateVersion, timestamp: nowMs, counter: version.counter + 1 };
}
