/** Kinds of faults that end the processes that they strike, and start them again. */
export const endingKinds: readonly string[] = [
  'kill',
  'stop',
  'blackout',
  'rolling',
  'wipe',
  'power',
  'lose-derived',
  'rot',
];
