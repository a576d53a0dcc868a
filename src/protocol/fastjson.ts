import { BodyError } from './body-error.ts';
import { resolveReferences } from './fastjson-references.ts';

/** A parsed value. Whole numbers beyond 2^53 are kept exact as bigint. */
export type FastjsonValue = null | boolean | number | bigint | string | FastjsonValue[] | FastjsonObject;
/**
 * Keys are texts: a numeric key its digits, an object used as a key its compact JSON, which is also what other writers send there.
 */
export type FastjsonObject = { [key: string]: FastjsonValue };

const MAX_DEPTH = 64;
const WORD = /[\w$.+-]*/y;

/**
 * Parses JSON as Java peers write it (fastjson): besides the standard also unquoted and numeric keys, objects as keys, single quotes,
 * trailing commas, `{"$ref":"$.path"}` for an object written before. Bounded in depth; the caller bounds the length.
 */
export function parseFastjson(text: string): FastjsonValue | BodyError {
  if (!/\d{16}/.test(text) && !text.includes('$ref')) {
    try {
      return JSON.parse(text) as FastjsonValue;
    } catch {
      // Not standard JSON: the tolerant parser decides, and words the error.
    }
  }
  try {
    return resolveReferences(new Parser(text).parse());
  } catch (error) {
    if (error instanceof BodyError) return error;
    throw error;
  }
}

const NAMED: ReadonlyMap<string, FastjsonValue> = new Map<string, FastjsonValue>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', 0: '\0' };

class Parser {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  parse(): FastjsonValue {
    const value = this.value(0);
    this.skipBlanks();
    return this.at === this.text.length ? value : this.fail('text after the end');
  }

  private value(depth: number): FastjsonValue {
    this.skipBlanks();
    if (depth > MAX_DEPTH) return this.fail(`nesting deeper than ${MAX_DEPTH}`);
    const char = this.text[this.at];
    if (char === '{') return this.object(depth);
    if (char === '[') return this.array(depth);
    if (char === '"' || char === "'") return this.string(char);
    const word = this.word();
    const named = NAMED.get(word);
    return named !== undefined ? named : this.number(word);
  }

  private object(depth: number): FastjsonObject {
    const object: FastjsonObject = Object.create(null);
    this.at++;
    while (!this.takeEnd('}')) {
      const key = this.key(depth);
      this.skipBlanks();
      if (this.text[this.at] !== ':') this.fail('no colon after a key');
      this.at++;
      object[key] = this.value(depth + 1);
      this.takeSeparator('}');
    }
    return object;
  }

  private key(depth: number): string {
    const char = this.text[this.at];
    if (char === '"' || char === "'") return this.string(char);
    if (char === '{' || char === '[') return toJson(this.value(depth + 1));
    const word = this.word();
    return word === '' ? this.fail('no key') : word;
  }

  private array(depth: number): FastjsonValue[] {
    const array: FastjsonValue[] = [];
    this.at++;
    while (!this.takeEnd(']')) {
      array.push(this.value(depth + 1));
      this.takeSeparator(']');
    }
    return array;
  }

  /** Takes `end` if it stands here, after blanks and stray commas. */
  private takeEnd(end: string): boolean {
    this.skipBlanks();
    while (this.text[this.at] === ',') {
      this.at++;
      this.skipBlanks();
    }
    if (this.at >= this.text.length) this.fail('the text ends early');
    if (this.text[this.at] !== end) return false;
    this.at++;
    return true;
  }

  private takeSeparator(end: string): void {
    this.skipBlanks();
    const char = this.text[this.at];
    if (char === undefined) this.fail('the text ends early');
    if (char !== ',' && char !== end) this.fail(`neither , nor ${end} after a value`);
  }

  private string(quote: string): string {
    let out = '';
    let from = ++this.at;
    for (; ; this.at++) {
      const char = this.text[this.at];
      if (char === undefined) return this.fail('a string without end');
      if (char !== quote && char !== '\\') continue;
      out += this.text.slice(from, this.at);
      if (char === quote) break;
      out += this.escape();
      from = this.at + 1;
    }
    this.at++;
    return out;
  }

  /** The character of the escape at `at`; leaves `at` on its last character. */
  private escape(): string {
    const letter = this.text[++this.at] ?? this.fail('a string without end');
    const digits = letter === 'u' ? 4 : letter === 'x' ? 2 : 0;
    if (digits === 0) return ESCAPES[letter] ?? letter;
    const hex = this.text.slice(this.at + 1, this.at + 1 + digits);
    if (hex.length !== digits || !/^[0-9a-fA-F]+$/.test(hex)) return this.fail('a wrong escape');
    this.at += digits;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  /** Takes a bare word: a number, a name, or an unquoted key. */
  private word(): string {
    WORD.lastIndex = this.at;
    const word = WORD.exec(this.text)?.[0] ?? '';
    this.at += word.length;
    return word;
  }

  private number(word: string): number | bigint {
    if (/^-?\d{1,40}[LSB]?$/.test(word)) {
      const digits = word.replace(/[LSB]$/, '');
      const value = Number(digits);
      return Number.isSafeInteger(value) ? value : BigInt(digits);
    }
    if (/^-?\d+(\.\d+)?([eE][+-]?\d+)?[DF]?$/.test(word)) return Number(word.replace(/[DF]$/, ''));
    return this.fail(word === '' ? 'no value' : `the word ${word.slice(0, 20)}`);
  }

  private skipBlanks(): void {
    while (this.at < this.text.length && this.text.charCodeAt(this.at) <= 0x20) this.at++;
  }

  private fail(problem: string): never {
    throw new BodyError(`not JSON: ${problem} at character ${this.at}`);
  }
}

function toJson(value: FastjsonValue): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  return `{${Object.entries(value)
    .map(([key, member]) => `${JSON.stringify(key)}:${toJson(member)}`)
    .join(',')}}`;
}
