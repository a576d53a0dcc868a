/** Low-level reading of compact JSON from bytes. Every function gives the position after what it read, or -1 for anything unusual. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** Bytes that may follow a backslash, and what they stand for. `u` is not among them. */
const ESCAPES: Uint8Array = (() => {
  const table = new Uint8Array(128);
  for (const [letter, value] of Object.entries({ '"': 0x22, '\\': 0x5c, '/': 0x2f, b: 8, f: 12, n: 10, r: 13, t: 9 })) {
    table[letter.charCodeAt(0)] = value;
  }
  return table;
})();

/** Position of the closing quote of the string that starts at `at` (after its opening quote); -1 if it has an escape or ends badly. */
export function endOfPlainString(buffer: Buffer, at: number, to: number): number {
  for (let i = at; i < to; i++) {
    const byte = buffer[i]!;
    if (byte === QUOTE) return i;
    if (byte === BACKSLASH || byte < 0x20) return -1;
  }
  return -1;
}

/** Position of the closing quote of the string that starts at `at`, escapes allowed and checked; -1 if it is not valid. */
export function endOfString(buffer: Buffer, at: number, to: number): number {
  for (let i = at; i < to; i++) {
    const byte = buffer[i]!;
    if (byte === QUOTE) return i;
    if (byte < 0x20) return -1;
    if (byte !== BACKSLASH) continue;
    i++;
    if (i >= to) return -1;
    const letter = buffer[i]!;
    if (letter === LETTER_U) {
      if (readHex4(buffer, i + 1, to) < 0) return -1;
      i += 4;
    } else if (letter > 127 || ESCAPES[letter] === 0) {
      return -1;
    }
  }
  return -1;
}

/**
 * Copies the string that starts at `at` into `target`, escapes resolved, as UTF-8. Returns the position of its closing quote and leaves
 * the length in `unescaped.length`; -1 if it is too long, not valid, or has an escape of a character above U+007F.
 */
export function unescapeString(buffer: Buffer, at: number, to: number, target: Buffer): number {
  let length = 0;
  const end = Math.min(to, at + target.length);
  for (let i = at; i < end; i++) {
    const byte = buffer[i]!;
    if (byte === QUOTE) {
      unescaped.length = length;
      return i;
    }
    if (byte < 0x20) return -1;
    if (byte !== BACKSLASH) {
      target[length++] = byte;
      continue;
    }
    i++;
    const letter = i < end ? buffer[i]! : 0;
    const low = separatorEscape(buffer, i);
    if (low !== 0) {
      target[length++] = low;
      i += 4;
    } else if (letter === LETTER_U) {
      const code = readHex4(buffer, i + 1, to);
      if (code < 0 || code > 0x7f) return -1;
      target[length++] = code;
      i += 4;
    } else {
      const value = letter < 128 ? ESCAPES[letter]! : 0;
      if (value === 0) return -1;
      target[length++] = value;
    }
  }
  return -1;
}

/** Second result of `unescapeString`, valid until its next call. */
export const unescaped = { length: 0 };

/** Position after the number or bare word that starts at `at`; `at` itself if there is none. */
export function endOfBareWord(buffer: Buffer, at: number, to: number): number {
  let i = at;
  for (; i < to; i++) {
    const byte = buffer[i]!;
    const digit = byte >= 0x30 && byte <= 0x39;
    const lower = byte >= 0x61 && byte <= 0x7a;
    if (!digit && !lower && byte !== 0x2d) break;
  }
  return i;
}

/** A plain decimal number of at most 15 digits, or NaN. Leading zeros, which JSON does not have, give NaN too. */
export function readNumber(buffer: Buffer, from: number, to: number): number {
  const negative = buffer[from] === 0x2d;
  const start = negative ? from + 1 : from;
  if (start >= to || to - start > 15 || (buffer[start] === 0x30 && to - start > 1)) return Number.NaN;
  let value = 0;
  for (let i = start; i < to; i++) {
    const digit = buffer[i]! - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return negative && value !== 0 ? -value : value;
}

/** 1 or 2 if `u0001` or `u0002`, by far the most frequent escapes, stand at `at`; else 0. */
function separatorEscape(buffer: Buffer, at: number): number {
  if (buffer[at] !== LETTER_U || buffer[at + 1] !== 0x30 || buffer[at + 2] !== 0x30 || buffer[at + 3] !== 0x30)
    return 0;
  const digit = buffer[at + 4];
  return digit === 0x31 ? 1 : digit === 0x32 ? 2 : 0;
}

function readHex4(buffer: Buffer, at: number, to: number): number {
  if (at + 4 > to) return -1;
  let value = 0;
  for (let i = at; i < at + 4; i++) {
    const digit = hexDigit(buffer[i]!);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57;
  if (byte >= 0x41 && byte <= 0x46) return byte - 0x37;
  return -1;
}
