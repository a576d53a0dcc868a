import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeDirectory } from '../../src/platform/node/make-directory.ts';
import { isSameProcess, processStartTime } from './process-identity.ts';

export type ProgramKind = 'namesrv' | 'broker' | 'controller';

/** What a running program leaves for those who want to stop it: a pid, and what proves that it is still the same process. */
export interface RunRecord {
  readonly kind: ProgramKind;
  readonly name: string;
  readonly pid: number;
  readonly startTime: string;
  /** Where it listens. */
  readonly address: string;
}

/** Folder of the run records: `LEDGERMQ_RUN_DIR`, else `~/.ledgermq/run`. */
export function runDirectory(): string {
  return process.env['LEDGERMQ_RUN_DIR'] ?? join(homedir(), '.ledgermq', 'run');
}

/** Records this process; the returned function removes the record. */
export function recordRun(kind: ProgramKind, name: string, address: string): () => void {
  const startTime = processStartTime(process.pid);
  if (startTime === undefined) return () => {};
  const directory = runDirectory();
  makeDirectory(directory);
  const path = join(directory, `${kind}-${process.pid}.json`);
  const record: RunRecord = { kind, name, pid: process.pid, startTime, address };
  writeFileSync(path, `${JSON.stringify(record)}\n`);
  return () => rmSync(path, { force: true });
}

/** Records of processes that still run; records of those that are gone are removed. */
export function liveRuns(directory = runDirectory()): RunRecord[] {
  const live: RunRecord[] = [];
  for (const name of listJson(directory)) {
    const path = join(directory, name);
    const record = readRecord(path);
    if (record !== undefined && isSameProcess(record.pid, record.startTime)) live.push(record);
    else rmSync(path, { force: true });
  }
  return live;
}

function listJson(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.json'));
  } catch {
    // No program has run yet.
    return [];
  }
}

function readRecord(path: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunRecord;
  } catch {
    // Half written by a process that died in between: nothing that can be stopped.
    return undefined;
  }
}
