/** The delays of levels 1 to 18, as the key messageDelayLevel has them by default. */
export const DEFAULT_DELAY_LEVELS = '1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Delays in milliseconds by level; index 0 is level 0, no delay. Returns a sentence if the text cannot be used. */
export function parseDelayLevels(text: string): readonly number[] | string {
  const delaysMs = [0];
  for (const word of text.trim().split(/\s+/)) {
    const [, amount, unit] = /^(\d{1,9})([smhd])$/.exec(word) ?? [];
    const unitMs = unit === undefined ? undefined : UNIT_MS[unit];
    if (amount === undefined || unitMs === undefined) {
      return `messageDelayLevel=${text}: ${JSON.stringify(word)} is not a number followed by s, m, h or d`;
    }
    delaysMs.push(Number(amount) * unitMs);
  }
  return delaysMs;
}
