import type { PortError } from '../../raft/index.ts';
import type { Logger } from '../../src/platform/ports.ts';

const BUG = 'Stopped by an error that should not happen';
const FATAL = 'This process stops';

/** Says, as the last line of a process, that it ends because of what it could not go on with. */
export function tellFatal(logger: Logger, { code, message }: PortError): void {
  logger.error(FATAL, { code, reason: message });
}

/** Says, as the last line of a process, that it ends because of a bug of ours. */
export function tellBug(logger: Logger, error: unknown): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  logger.error(BUG, { code: thrownCode(error), stack });
}

/** What kind of thing was thrown: the code of a system error, else its name. Node's own codes (`ERR_OUT_OF_RANGE`) say less than the name that goes with them. */
export function thrownCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const { code } = thrown as { readonly code?: unknown };
  return typeof code === 'string' && !code.startsWith('ERR_') ? code : thrown.name;
}

/**
 * Why a process ended by itself, by the last line that it printed: the code that it told, or `START` where it is the sentence of a start that was refused.
 * Undefined: the line does not tell.
 */
export function lastCode(line: string): string | undefined {
  if (line === '' || line.startsWith('Node.js v')) return undefined;
  try {
    const { msg, code } = JSON.parse(line) as { readonly msg?: unknown; readonly code?: unknown };
    return (msg === BUG || msg === FATAL) && typeof code === 'string' ? code : undefined;
  } catch {
    return 'START';
  }
}
