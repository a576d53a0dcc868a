/** One `key=value` of a properties text, unescaped. `line` counts from 1 and names the line where the entry starts. */
export interface Property {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** What is wrong with a properties text, for people. */
export interface PropertiesError {
  readonly line: number;
  readonly problem: string;
}

export interface PropertiesResult {
  readonly entries: readonly Property[];
  readonly errors: readonly PropertiesError[];
}

/**
 * Parses Java's properties syntax (java.util.Properties.load): `=`, `:` or blanks between key and value, `#` and `!` comments, `\`
 * at the end of a line continues it, `\t \n \r \f \uXXXX` escapes. Entries keep their order; repeated keys are all listed.
 */
export function parseProperties(text: string): PropertiesResult {
  const entries: Property[] = [];
  const errors: PropertiesError[] = [];
  for (const { text: line, number } of logicalLines(text)) {
    const cut = splitLine(line);
    const key = unescaped(cut.key);
    const value = unescaped(cut.value);
    if (key === undefined || value === undefined) {
      errors.push({ line: number, problem: 'a \\u escape needs four hexadecimal digits' });
    } else {
      entries.push({ key, value, line: number });
    }
  }
  return { entries, errors };
}

/** Writes entries as RocketMQ's tools show them: one `key=value` a line, nothing escaped. */
export function formatProperties(entries: Iterable<readonly [string, string]>): string {
  let text = '';
  for (const [key, value] of entries) text += `${key}=${value}\n`;
  return text;
}

interface LogicalLine {
  readonly text: string;
  readonly number: number;
}

function logicalLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let pending: { text: string; number: number } | undefined;
  text.split(/\r\n|\r|\n/).forEach((natural, index) => {
    const line = natural.replace(/^[ \t\f]+/, '');
    if (pending === undefined && (line === '' || line.startsWith('#') || line.startsWith('!'))) return;
    const joined = (pending?.text ?? '') + line;
    const current = { text: joined, number: pending?.number ?? index + 1 };
    if (endsWithContinuation(line)) {
      pending = { ...current, text: joined.slice(0, -1) };
    } else {
      pending = undefined;
      lines.push(current);
    }
  });
  if (pending !== undefined && pending.text !== '') lines.push(pending);
  return lines;
}

function endsWithContinuation(line: string): boolean {
  let backslashes = 0;
  while (backslashes < line.length && line[line.length - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

function splitLine(line: string): { key: string; value: string } {
  let end = 0;
  while (end < line.length && !' \t\f=:'.includes(line.charAt(end))) end += line[end] === '\\' ? 2 : 1;
  end = Math.min(end, line.length);
  const rest = line.slice(end).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '');
  return { key: line.slice(0, end), value: rest };
}

const CONTROL: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string): string | undefined {
  if (!text.includes('\\')) return text;
  let bad = false;
  const plain = text.replace(/\\(u([0-9a-fA-F]{4})?|.|$)/gs, (_whole, after: string, hex: string | undefined) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (after === 'u') bad = true;
    return CONTROL[after] ?? after;
  });
  return bad ? undefined : plain;
}
