import { shellWord } from '../../cluster/launch/fast-try/hint.ts';

/** The command line that repeats a drill, as a shell reads it. */
export function replayText(args: readonly string[], seed: number): string {
  return ['drill', ...args.map(shellWord), '--seed', seed].join(' ');
}
