import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';

/** What a figure depends on besides the program. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Load average of the last minute before the start: far above 0 means that others use the machine too. */
  readonly loadBefore: number;
  /** Milliseconds that an fdatasync of 4 KiB takes in the folder of the benchmark. */
  readonly fdatasyncMs: { readonly p50: number; readonly p99: number };
  readonly filesystem: string;
}

const SYNCS = 200;
const BLOCK_BYTES = 4096;
const TMPFS_MAGIC = 0x01021994;

export function describeMachine(directory: string): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    loadBefore: loadavg()[0] ?? 0,
    fdatasyncMs: measureSyncs(directory),
    filesystem: statfsSync(directory).type === TMPFS_MAGIC ? 'tmpfs (in memory)' : 'on disk',
  };
}

function measureSyncs(directory: string): Machine['fdatasyncMs'] {
  const file = join(directory, 'fdatasync-probe');
  const fd = openSync(file, 'w');
  const block = Buffer.alloc(BLOCK_BYTES, 1);
  const times: number[] = [];
  try {
    for (let i = 0; i < SYNCS; i++) {
      writeSync(fd, block);
      const startedMs = performance.now();
      fdatasyncSync(fd);
      times.push(performance.now() - startedMs);
    }
  } finally {
    closeSync(fd);
    rmSync(file);
  }
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.floor(part * (SYNCS - 1))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}
