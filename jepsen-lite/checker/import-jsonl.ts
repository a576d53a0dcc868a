import { History, type OperationName, type Result, type Value } from './history.ts';

/** A history read back, or one sentence that names the line that is wrong. */
export type ImportResult = { readonly history: History } | { readonly error: string };

/** `drained`: the file cannot say whether the run read every queue to its end, so the caller does. */
export type ImportOptions = { readonly drained: boolean };

type Line = Readonly<Record<string, unknown>>;

const operationNames: ReadonlySet<unknown> = new Set(['append', 'read', 'max', 'write', 'cas', 'assign']);

/**
 * Reads what `exportJsonl` wrote (or another tool in the same format), for checking it again. Empty lines are skipped, unknown fields
 * ignored. Messages that one client read with the same call and return count as one poll.
 */
export function importJsonl(lines: Iterable<string>, options: ImportOptions): ImportResult {
  const history = new History();
  history.drained = options.drained;
  const polls = new Polls(history);
  let number = 0;
  for (const text of lines) {
    number += 1;
    if (text.trim() === '') continue;
    const line = parseLine(text);
    const complaint = typeof line === 'string' ? line : (complaintAbout(line) ?? addLine(history, polls, line));
    if (complaint !== undefined) return { error: `Line ${number} of the history: ${complaint}` };
  }
  return { history };
}

function parseLine(text: string): Line | string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Line;
    return 'it is JSON but no object; one operation a line is needed.';
  } catch {
    return 'it is not JSON (cut off?); remove the line or export the history again.';
  }
}

const isTime = (value: unknown) => Number.isSafeInteger(value);
const isValue = (value: unknown) => value === null || typeof value === 'string' || typeof value === 'number';
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;

/** What each field must be; undefined fields are judged too. */
const rules: readonly (readonly [string, (value: unknown, line: Line) => boolean, string])[] = [
  ['client', isCount, 'a number that is not negative'],
  ['op', (value) => operationNames.has(value), 'append, read, max, write or cas'],
  ['key', (value) => typeof value === 'string', 'a text'],
  ['call', isTime, 'an integer'],
  [
    'return',
    (value, line) => value === undefined || returnsAfterCall(value, line),
    'an integer that is not below call',
  ],
  ['return', (value, line) => value !== undefined || line['ok'] === null, 'present when ok is true or false'],
  ['ok', (value) => value === true || value === false || value === null, 'true, false or null'],
  ['offset', (value) => value === undefined || isCount(value), 'a number that is not negative'],
  [
    'value',
    (value, line) => fitsOperation(value, line['op']),
    'the message, the value written, or [expected, new] for cas',
  ],
  ['result', (value, line) => line['ok'] !== true || fitsResult(value, line['op']), 'of the type that the op answers'],
];

function returnsAfterCall(value: unknown, line: Line): boolean {
  return isTime(value) && (value as number) >= (line['call'] as number);
}

function fitsOperation(value: unknown, op: unknown): boolean {
  if (op === 'append') return typeof value === 'string';
  if (op === 'write') return isValue(value);
  if (op === 'cas') return Array.isArray(value) && value.length === 2 && value.every(isValue);
  return true;
}

function fitsResult(value: unknown, op: unknown): boolean {
  if (op === 'append') return value === undefined || isCount(value);
  if (op === 'max') return isCount(value);
  if (op === 'read') return isValue(value);
  return op !== 'cas' || typeof value === 'boolean';
}

function complaintAbout(line: Line): string | undefined {
  const broken = rules.find(([field, holds]) => !holds(line[field], line));
  if (broken === undefined) return undefined;
  const [field, , wanted] = broken;
  return `${field} is ${JSON.stringify(line[field]) ?? 'missing'}, but must be ${wanted}.`;
}

/** Adds one line that keeps the rules; answers a complaint only for what the rules cannot see. */
function addLine(history: History, polls: Polls, line: Line): string | undefined {
  const id = invokeLine(history, line);
  const ok = line['ok'] as boolean | null;
  const error = typeof line['error'] === 'string' ? line['error'] : '';
  if (ok === true) history.ok(id, line['return'] as number, line['result'] as Result | undefined);
  else if (ok === false) history.fail(id, line['return'] as number, error);
  else if (returnsAfterCall(line['end'], line)) history.info(id, line['end'] as number, error);
  if (typeof line['consumer'] === 'string') history.consumes(line['client'] as number, line['consumer']);
  if (isCount(line['transaction'])) history.setTransaction(id, line['transaction'] as number);
  if (isCount(line['attempts'])) history.setAttempts(id, line['attempts'] as number);
  if (isCount(line['group'])) history.setGroup(id, line['group'] as number);
  else if (ok === true && line['offset'] !== undefined) polls.add(id, line);
  return undefined;
}

function invokeLine(history: History, line: Line): number {
  const process = line['client'] as number;
  const key = line['key'] as string;
  const callNs = line['call'] as number;
  const node = typeof line['node'] === 'string' ? line['node'] : '';
  const op = line['op'] as OperationName;
  if (op === 'cas') {
    const [expected, value] = line['value'] as [Value, Value];
    return history.invokeCas(process, key, expected, value, callNs, node);
  }
  if (op === 'read' && line['offset'] !== undefined)
    return history.invokeRead(process, key, line['offset'] as number, callNs, node);
  const value = op === 'append' || op === 'write' ? (line['value'] as Value) : undefined;
  return history.invoke(process, op, key, value, callNs, node);
}

/** Finds the messages that belong to one poll, which the plain format does not say. */
class Polls {
  readonly #history: History;
  readonly #latest = new Map<number, { key: string; callNs: number; returnNs: number; group: number }>();

  constructor(history: History) {
    this.#history = history;
  }

  add(id: number, line: Line): void {
    const process = line['client'] as number;
    const key = line['key'] as string;
    const callNs = line['call'] as number;
    const returnNs = line['return'] as number;
    let poll = this.#latest.get(process);
    if (poll === undefined || poll.key !== key || poll.callNs !== callNs || poll.returnNs !== returnNs) {
      poll = { key, callNs, returnNs, group: this.#history.newGroup() };
      this.#latest.set(process, poll);
    }
    this.#history.setGroup(id, poll.group);
  }
}
