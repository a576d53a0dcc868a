import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const KIB = 1024;

/** Resident memory of a process in bytes; undefined if it has ended or cannot be asked. */
export function residentBytes(pid: number): number | undefined {
  return process.platform === 'linux' ? linuxResidentBytes(pid) : psResidentBytes(pid);
}

function linuxResidentBytes(pid: number): number | undefined {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) * KIB;
  } catch {
    // It has ended.
    return undefined;
  }
}

function psResidentBytes(pid: number): number | undefined {
  try {
    const kib = Number(
      execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim(),
    );
    return Number.isFinite(kib) && kib > 0 ? kib * KIB : undefined;
  } catch {
    // ps ends with 1 where there is no such process.
    return undefined;
  }
}
