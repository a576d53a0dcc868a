import { readFileSync } from 'node:fs';

/** A process whose use of the processor is looked at; `pid` of this process for the load generator itself. */
export interface WatchedProcess {
  readonly name: string;
  readonly pid: number;
}

export interface ProcessCpu {
  readonly name: string;
  /** Cores in use on average; undefined where the system does not tell. */
  readonly cores: number | undefined;
}

/** Linux counts a process's time in hundredths of a second, on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Measures what processes use between its creation and `stop`. */
export class CpuMeter {
  readonly #before: readonly (number | undefined)[];
  readonly #processes: readonly WatchedProcess[];
  readonly #startedMs = performance.now();

  constructor(processes: readonly WatchedProcess[]) {
    this.#processes = processes;
    this.#before = processes.map(({ pid }) => usedSeconds(pid));
  }

  stop(): ProcessCpu[] {
    const seconds = (performance.now() - this.#startedMs) / 1000;
    return this.#processes.map(({ name, pid }, index) => {
      const before = this.#before[index];
      const after = usedSeconds(pid);
      return { name, cores: before === undefined || after === undefined ? undefined : (after - before) / seconds };
    });
  }
}

/** Time of the processor that a process has had, its own and the kernel's for it. */
function usedSeconds(pid: number): number | undefined {
  if (pid === process.pid) {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold blanks.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    // It has ended, or this is no Linux.
    return undefined;
  }
}
