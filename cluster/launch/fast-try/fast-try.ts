import { type FastTryArguments, parseFastTryArguments, usage } from './arguments.ts';
import { defaultDir, programCommand } from './hint.ts';

const USAGE_EXIT = 2;

/** Runs one command line of fast-try and gives its exit code. */
export async function fastTry(argv: readonly string[]): Promise<number> {
  const args = parseFastTryArguments(argv, defaultDir());
  if (typeof args === 'string') {
    console.error(args);
    return USAGE_EXIT;
  }
  if (args.command === 'help') {
    console.log(usage(programCommand('fast-try'), defaultDir()));
    return 0;
  }
  const abort = new AbortController();
  const onSignal = () => abort.abort();
  const interruptible = args.command === 'start' || args.command === 'logs';
  if (interruptible) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  try {
    return await run(args, abort.signal);
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
}

/** Each command is loaded when it is wanted. */
async function run(args: FastTryArguments, signal: AbortSignal): Promise<number> {
  const { command, dir, node, nodes, conf, portBase, follow, lines } = args;
  switch (command) {
    case 'start':
      return (await import('./start.ts')).start({ dir, nodes, conf, portBase, signal });
    case 'stop':
      return (await import('./stop.ts')).stop(dir);
    case 'clean':
      return (await import('./clean.ts')).clean(dir);
    case 'status':
      return (await import('./status.ts')).status(dir);
    case 'restart':
      return (await import('./restart.ts')).restart(dir, node ?? '');
    case 'kill-leader':
      return (await import('./kill-leader.ts')).killLeader(dir);
    case 'logs':
      return (await import('./logs.ts')).logs(dir, { node, follow, lines, signal });
    case 'help':
      return 0;
  }
}
