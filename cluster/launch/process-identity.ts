import { readFileSync } from 'node:fs';

/**
 * When a process was started, as the kernel tells it: together with the pid it names one process for ever, while a pid alone is
 * given to others later. Undefined if there is no such process.
 */
export function processStartTime(pid: number): string | undefined {
  try {
    return linuxStartTime(pid);
  } catch {
    return process.platform === 'linux' ? undefined : psStartTime(pid);
  }
}

/** Field 22 of /proc/PID/stat (clock ticks since boot); the name before it may hold blanks and brackets. */
function linuxStartTime(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not looked yet.
  return fields[0] === 'Z' ? undefined : fields[19];
}

function psStartTime(pid: number): string | undefined {
  // Loaded here because servers on Linux never need it, and it costs them start time.
  const { execFileSync } = process.getBuiltinModule('node:child_process');
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim();
    return text === '' ? undefined : text;
  } catch {
    // ps ends with 1 where there is no such process.
    return undefined;
  }
}

/** Does this pid still belong to the process that had it when `startTime` was taken? */
export function isSameProcess(pid: number, startTime: string): boolean {
  return processStartTime(pid) === startTime;
}
