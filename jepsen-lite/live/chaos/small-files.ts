/** Keys for brokers of a run: small files, so that they roll. */
export const SMALL_FILES = {
  mappedFileSizeCommitLog: '4194304',
  mappedFileSizeConsumeQueue: '120000',
  maxHashSlotNum: '5000',
  maxIndexNum: '20000',
} as const;
