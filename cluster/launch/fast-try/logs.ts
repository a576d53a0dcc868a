import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatLogLine } from '../../../src/platform/node/log-format.ts';
import type { Group } from '../group.ts';
import { openGroup } from '../start-group.ts';

const POLL_MS = 200;

export interface LogsOptions {
  readonly node: string | undefined;
  readonly follow: boolean;
  readonly lines: number;
  readonly signal: AbortSignal;
}

/** Prints the ends of logs, and what is added to them until the signal fires. */
export async function logs(dir: string, options: LogsOptions): Promise<number> {
  const group = openGroup(dir);
  if (group === undefined) {
    console.error(`There is no group in ${dir}; start makes one.`);
    return 1;
  }
  group.close();
  const names = options.node === undefined ? group.names : [options.node];
  const unknown = names.find((name) => !group.names.includes(name));
  if (unknown !== undefined) {
    console.error(`There is no node ${unknown}; ${group.names.join(', ')} are there.`);
    return 2;
  }
  const positions = new Map(names.map((name) => [name, logLength(group, name)]));
  for (const name of names) printLines(group, name, group.folder.logTail(name, options.lines), names.length > 1);
  while (options.follow && !options.signal.aborted) {
    await sleep(POLL_MS, undefined, { signal: options.signal }).catch(() => undefined);
    for (const name of names) {
      const { text, end } = readFrom(group.folder.logFile(name), positions.get(name) ?? 0);
      positions.set(name, end);
      printLines(group, name, text, names.length > 1);
    }
  }
  return 0;
}

function logLength(group: Group, name: string): number {
  const file = group.folder.logFile(name);
  return existsSync(file) ? statSync(file).size : 0;
}

function printLines(group: Group, name: string, text: string, named: boolean): void {
  if (text === '') return;
  const width = Math.max(...group.names.map((each) => each.length));
  for (const line of readableLines(text)) console.log(named ? `${name.padEnd(width)} | ${line}` : line);
}

/** Lines of a log as people read them; what is not JSON stays as it is. */
export function readableLines(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => formatLogLine(line).trimEnd());
}

/** Whole lines that stand in a file from a position on, and where the next ones begin. */
export function readFrom(file: string, position: number): { text: string; end: number } {
  if (!existsSync(file)) return { text: '', end: 0 };
  const descriptor = openSync(file, 'r');
  try {
    const length = fstatSync(descriptor).size;
    const start = length < position ? 0 : position;
    const bytes = Buffer.alloc(length - start);
    const read = readSync(descriptor, bytes, 0, bytes.length, start);
    const whole = bytes.subarray(0, read).lastIndexOf(0x0a) + 1;
    return { text: bytes.toString('utf8', 0, whole), end: start + whole };
  } finally {
    closeSync(descriptor);
  }
}
