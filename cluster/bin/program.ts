import { readFileSync } from 'node:fs';
import type { PortError } from '../../raft/index.ts';
import { createNodePlatform } from '../../src/platform/node/node-platform.ts';
import type { Platform } from '../../src/platform/ports.ts';
import { parseServerArguments, type ServerArguments } from './command-line.ts';
import { tellBug, tellFatal } from './last-words.ts';

/** Exit codes of the programs. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, configuration: 255 } as const;

/** Thrown by a program that cannot start: shown as one sentence, without a stack. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A program that runs until it is told to stop. */
export interface RunningProgram {
  /** Says that it has started; called once, when signals are obeyed. */
  announce(): void;
  /** Ends it in order; called once. */
  stop(): Promise<void>;
}

export interface ProgramOptions {
  /** It has a store, and so `--cut-at`. */
  readonly hasStore?: boolean;
  /** What the program stands on instead of the real platform alone; shipped programs have none. */
  readonly decorate?: (real: Platform) => Platform;
}

/**
 * The frame of a server program: arguments, signals and exit codes. `start` throws StartRefused for what people can mend. SIGTERM and SIGINT stop
 * in order; a second signal ends at once.
 */
export async function runProgram(
  usage: string,
  start: (args: ServerArguments, platform: Platform) => Promise<RunningProgram | undefined>,
  { hasStore = false, decorate }: ProgramOptions = {},
): Promise<void> {
  if (process.platform === 'win32') return refuse('LedgerMQ runs on Linux and macOS, not on Windows', exitCodes.usage);
  const args = parseServerArguments(process.argv.slice(2), hasStore);
  if (typeof args === 'string') return refuse(args, exitCodes.usage);
  if (args.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const real = createNodePlatform({ logger: loggerOptions() });
  const platform = decorate?.(real) ?? real;
  process.on('uncaughtException', (error) => crash(platform, error));
  process.on('unhandledRejection', (error) => crash(platform, error));
  try {
    const running = await start(args, platform);
    if (running === undefined) return;
    stopOnSignal(running, platform);
    running.announce();
  } catch (error) {
    if (error instanceof StartRefused) return refuse(error.message, error.exitCode);
    throw error;
  }
}

function loggerOptions(): { level?: 'debug' | 'info' | 'warn' | 'error' } {
  const level = process.env['LEDGERMQ_LOG_LEVEL'];
  return level === 'debug' || level === 'info' || level === 'warn' || level === 'error' ? { level } : {};
}

function refuse(sentence: string, code: number): void {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

/** A bug of ours: nothing can be trusted any more, so nothing is tidied up. What was acknowledged is in the files. */
function crash(platform: Platform, error: unknown): void {
  tellBug(platform.logger, error);
  process.exit(exitCodes.failed);
}

/** Ends at once: what was acknowledged is safe with others, and going on with a failed disk or log would not be. */
export function stopFatally({ logger }: Platform, error: PortError): never {
  tellFatal(logger, error);
  process.exit(exitCodes.failed);
}

function stopOnSignal(running: RunningProgram, platform: Platform): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(exitCodes.failed);
    stopping = true;
    platform.logger.info('Stopping', { signal });
    running.stop().then(
      () => process.exit(exitCodes.ok),
      (error: unknown) => crash(platform, error),
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/** Text of the configuration file; '' without one. */
export function readConfigFile(path: string | undefined): string {
  if (path === undefined) return '';
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new StartRefused(`the configuration file ${path} cannot be read: ${(error as Error).message}`);
  }
}
