import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { killProcess, type LaunchedProcess, signalProcess } from '../../../cluster/launch/launched-process.ts';
import { processStartTime } from '../../../cluster/launch/process-identity.ts';
import { commandOver } from '../held-command.ts';
import { runCommand } from '../run-command.ts';

/** How one thing that a run has done to this machine is undone. Data, so that it can be told to another process; doing it twice does no harm. */
export type Undo =
  /** Kills every process whose environment holds `MARK_VARIABLE=mark`: what the run started, and what that started. */
  | { readonly kind: 'kill-marked'; readonly mark: string }
  /** Lets a stopped process go on. */
  | { readonly kind: 'continue'; readonly process: LaunchedProcess }
  | { readonly kind: 'unmount'; readonly path: string }
  | { readonly kind: 'delete-namespace'; readonly name: string }
  | { readonly kind: 'remove'; readonly path: string }
  /** A command of the user's plan, which begins when the one that it undoes, `after`, is over. */
  | { readonly kind: 'command'; readonly argv: readonly string[]; readonly after: LaunchedProcess };

/** Environment variable by which processes of one run are known. */
export const MARK_VARIABLE = 'LEDGERMQ_DRILL';

/** Undoes it; rejects with why it could not. What is not there any more is undone. */
export async function perform(undo: Undo): Promise<void> {
  switch (undo.kind) {
    case 'kill-marked':
      await Promise.all(markedProcesses(undo.mark).map(killProcess));
      return;
    case 'continue':
      signalProcess(undo.process, 'SIGCONT');
      return;
    case 'unmount':
      if (isMounted(undo.path)) await runCommand(['umount', '--lazy', undo.path]);
      return;
    case 'delete-namespace':
      if (hasNamespace(undo.name)) await runCommand(['ip', 'netns', 'delete', undo.name]);
      return;
    case 'remove':
      rmSync(undo.path, { recursive: true, force: true });
      return;
    case 'command':
      await commandOver(undo.after);
      await runCommand(undo.argv);
  }
}

/** In words, for the journal. */
export function describeUndo(undo: Undo): string {
  switch (undo.kind) {
    case 'kill-marked':
      return `kill the processes of run ${undo.mark}`;
    case 'continue':
      return `let process ${undo.process.pid} go on`;
    case 'unmount':
    case 'remove':
      return `${undo.kind} ${undo.path}`;
    case 'delete-namespace':
      return `delete the network namespace ${undo.name}`;
    case 'command':
      return `run ${undo.argv.join(' ')}`;
  }
}

/** Linux alone tells the environment of processes; elsewhere there are none (and runs register the groups that they start instead). */
export function markedProcesses(mark: string): LaunchedProcess[] {
  if (process.platform !== 'linux') return [];
  const wanted = `${MARK_VARIABLE}=${mark}`;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).flatMap((pid) => {
    // The start time comes first: a pid that is given to another meanwhile no longer fits it.
    const startTime = processStartTime(pid);
    if (startTime === undefined || pid === process.pid || !environmentOf(pid).includes(wanted)) return [];
    return [{ pid, startTime }];
  });
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    // It has ended, or belongs to another user: not ours.
    return [];
  }
}

function isMounted(path: string): boolean {
  if (process.platform !== 'linux') return false;
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .some((line) => unescaped(line.split(' ')[1] ?? '') === path);
}

/** The kernel writes blanks in paths as octal numbers. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function hasNamespace(name: string): boolean {
  try {
    return readdirSync('/run/netns').includes(name);
  } catch {
    return false;
  }
}
