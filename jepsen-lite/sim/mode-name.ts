/** What brokers may be part of. */
export const modeNames = ['dledger', 'controller'] as const;

export type ModeName = (typeof modeNames)[number];

export function isModeName(text: string): text is ModeName {
  return (modeNames as readonly string[]).includes(text);
}
