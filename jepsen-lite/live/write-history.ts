import { closeSync, openSync, writeSync } from 'node:fs';
import { type ExportOptions, exportJsonl } from '../checker/export-jsonl.ts';
import type { History } from '../checker/history.ts';

const LINES_A_WRITE = 1_000;

/** Writes a history as JSON lines; a long one never stands in memory as one text. Throws the system's error. */
export function writeHistory(file: string, history: History, options: ExportOptions): void {
  const descriptor = openSync(file, 'w');
  try {
    let lines: string[] = [];
    const flush = (): void => {
      if (lines.length > 0) writeSync(descriptor, `${lines.join('\n')}\n`);
      lines = [];
    };
    for (const line of exportJsonl(history, options)) {
      if (lines.push(line) === LINES_A_WRITE) flush();
    }
    flush();
  } finally {
    closeSync(descriptor);
  }
}
