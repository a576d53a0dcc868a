/** Version of a table, compared by name servers and slaves (DataVersion.java). */
export interface DataVersion {
  /** Master epoch in which the table was changed last. */
  readonly stateVersion: number;
  /** Wall time of the last change, ms. */
  readonly timestamp: number;
  readonly counter: number;
}

export const FIRST_DATA_VERSION: DataVersion = { stateVersion: 0, timestamp: 0, counter: 0 };

/** The version after one more change. */
export function nextDataVersion(version: DataVersion, stateVersion: number, nowMs: number): DataVersion {
  return { stateVersion, timestamp: nowMs, counter: version.counter + 1 };
}
