/** Above the watermark even young files would go, and with them what clients have still to read back: a disk that a fault has filled is above it, and a full machine, too. */
export const KEEPING = { cleanFileForciblyEnable: 'false' } as const;
