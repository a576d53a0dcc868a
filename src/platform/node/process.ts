import { readFileSync } from 'node:fs';
import type { ProcessInfo } from '../ports.ts';

/** What this process can tell about itself. The boot id is known on Linux only. */
export function createNodeProcessInfo(): ProcessInfo {
  const bootId = readBootId();
  return {
    pid: process.pid,
    residentBytes: () => process.memoryUsage.rss(),
    cpuMicros: () => {
      const { user, system } = process.cpuUsage();
      return user + system;
    },
    bootId: () => bootId,
  };
}

function readBootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || undefined;
  } catch {
    // Not Linux, or /proc is hidden: unknown is an answer that the caller has to expect.
    return undefined;
  }
}
