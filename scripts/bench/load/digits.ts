/** Opaques of the benchmark are decimals of one length, so that they can be patched into prepared frames. */
export const OPAQUE_DIGITS = 9;
export const FIRST_OPAQUE = 100_000_000;
const ZERO = 0x30;

/** Writes `value` as `digits` decimal digits, with zeros in front. */
export function writeDigits(target: Buffer, at: number, value: number, digits: number): void {
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const tenth = Math.floor(rest / 10);
    target[i] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
}

/** The reverse; -1 if there is something else than digits. */
export function readDigits(source: Buffer, at: number, digits: number): number {
  let value = 0;
  for (let i = at; i < at + digits; i++) {
    const digit = (source[i] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
