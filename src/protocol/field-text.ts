const LONG_MAX_TEXT = '9223372036854775807';
const LONG_MIN_TEXT = '-9223372036854775808';
const LONGEST_PLAIN = 15;

/** A decimal 32-bit number, or undefined. Surrounding blanks, exponents and fractions are refused, as by Integer.parseInt. */
export function parseInt32(text: string): number | undefined {
  const value = parseWhole(text);
  return value !== undefined && value >= -0x80000000 && value <= 0x7fffffff ? value : undefined;
}

/**
 * A decimal 64-bit number as a safe integer, or undefined. Java's Long.MAX_VALUE and Long.MIN_VALUE, which peers send for "no
 * limit", become Number.MAX_SAFE_INTEGER and Number.MIN_SAFE_INTEGER; any other value beyond 2^53 is refused.
 */
export function parseLong(text: string): number | undefined {
  if (text.length <= LONGEST_PLAIN) return parseWhole(text);
  if (text === LONG_MAX_TEXT) return Number.MAX_SAFE_INTEGER;
  if (text === LONG_MIN_TEXT) return Number.MIN_SAFE_INTEGER;
  return parseWhole(text);
}

/** The reverse of `parseLong`, the two sentinels included. */
export function formatLong(value: number): string {
  if (value === Number.MAX_SAFE_INTEGER) return LONG_MAX_TEXT;
  if (value === Number.MIN_SAFE_INTEGER) return LONG_MIN_TEXT;
  return String(value);
}

/** `true` in any case is true and every other text is false, as by Boolean.parseBoolean: the C++ client sends 0 and 1. */
export function parseBoolean(text: string): boolean {
  return text === 'true' || text.toLowerCase() === 'true';
}

function parseWhole(text: string): number | undefined {
  const first = text.charCodeAt(0);
  const signed = first === 0x2d || first === 0x2b;
  let at = signed ? 1 : 0;
  if (at === text.length) return undefined;
  let value = 0;
  for (; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
    if (value > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return first === 0x2d && value !== 0 ? -value : value;
}
