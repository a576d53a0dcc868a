/** Running totals since the start; rates are made from differences by whoever shows them. */
export interface StoreCounters {
  putMessages: number;
  putBytes: number;
  /** Puts refused, and puts whose outcome is unknown. */
  putRefused: number;
  putUnknown: number;
  getCalls: number;
  /** Calls that found messages, and that found none. */
  getFound: number;
  getMissed: number;
  getMessages: number;
  getBytes: number;
  getFromDisk: number;
  dispatchedRecords: number;
  /** Derived files that could not be written, and were tried again. */
  flushErrors: number;
}

export function newStoreCounters(): StoreCounters {
  return {
    putMessages: 0,
    putBytes: 0,
    putRefused: 0,
    putUnknown: 0,
    getCalls: 0,
    getFound: 0,
    getMissed: 0,
    getMessages: 0,
    getBytes: 0,
    getFromDisk: 0,
    dispatchedRecords: 0,
    flushErrors: 0,
  };
}
