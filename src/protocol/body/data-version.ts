/** Version of a table, compared by name servers and slaves (DataVersion.java). */
export interface DataVersion {
  /** Master epoch in which the table was changed last. */
  readonly stateVersion: number;
  /** Wall time of the last change, ms. */
  readonly timestamp: number;
  readonly counter: number;
}
