const VALUE_MARK = 0x23;
const BAR = 0x7c;
/** So many bytes stand behind the bar of every body, so that one that ends with it is known for a cut one. */
const LEAST_FILL = 4;
const FILL_BYTES = 1 << 17;
/** Grown when a longer body asks for it; always the same bytes. */
let fill = fillOf(FILL_BYTES);

/** A body of the workloads: a unique value, a bar, and bytes that all follow from the value and the length. At least `value`, the bar and four bytes long. */
export function bodyOf(value: string, byteLength: number): Buffer {
  const filledFrom = value.length + 1;
  const body = Buffer.allocUnsafe(Math.max(byteLength, filledFrom + LEAST_FILL));
  body.write(value, 0, 'latin1');
  body[filledFrom - 1] = BAR;
  expectedFill(body, filledFrom).copy(body, filledFrom);
  return body;
}

/**
 * The value of a body of the workloads; undefined for any other body. Of one whose bytes are not those that its sender sent, `damaged #17`: a value that nobody ever sent, whatever is held
 * against it.
 */
export function messageValue(body: Buffer): string | undefined {
  if (body[0] !== VALUE_MARK) return undefined;
  const end = body.indexOf(BAR);
  if (end < 0) return undefined;
  const value = body.toString('latin1', 0, end);
  return isWhole(body, end + 1) ? value : damaged(value);
}

/** What stands for the value of a message that is not as it was sent. */
export function damaged(value: string): string {
  return `damaged ${value}`;
}

function isWhole(body: Buffer, filledFrom: number): boolean {
  return body.length >= filledFrom + LEAST_FILL && expectedFill(body, filledFrom).equals(body.subarray(filledFrom));
}

/** A stretch of the fill, chosen by what stands before `filledFrom` and by the length. */
function expectedFill(body: Buffer, filledFrom: number): Buffer {
  let hash = body.length;
  for (let at = 0; at < filledFrom; at++) hash = (Math.imul(hash, 31) + (body[at] as number)) >>> 0;
  const from = Math.imul(hash, 0x9e3779b1) >>> 16;
  const byteLength = body.length - filledFrom;
  if (from + byteLength > fill.length) fill = fillOf(2 * (from + byteLength));
  return fill.subarray(from, from + byteLength);
}

/** Bytes in which no stretch is like another: xorshift. */
function fillOf(byteLength: number): Buffer {
  const bytes = Buffer.allocUnsafe(byteLength);
  let state = 0x2545f491;
  for (let at = 0; at < byteLength; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 0xff;
  }
  return bytes;
}
