import { defaulted, object, type ValueOf, whole } from '../body-codec.ts';

/**
 * Version of a table, compared by name servers and slaves (DataVersion.java): the master epoch and the wall time (ms) of the last
 * change, and the number of changes.
 */
export const dataVersion = object({ stateVersion: defaulted(whole, 0), timestamp: whole, counter: whole });

export type DataVersion = ValueOf<typeof dataVersion>;
