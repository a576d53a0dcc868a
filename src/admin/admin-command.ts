import type { AdminSession } from './admin-session.ts';
import type { Arguments } from './arguments.ts';

/** One option of a command. */
export interface OptionSpec {
  /** One letter; a few have none. */
  readonly short?: string;
  readonly long: string;
  readonly description: string;
  /** False: a switch without a value. Default true. */
  readonly hasValue?: boolean;
  readonly required?: boolean;
}

/** Where a command prints. */
export interface Output {
  /** Result text, as it is: lines carry their own ends. */
  print(text: string): void;
  /** A sentence about something that went wrong while the rest went on; the exit code will be 1. */
  complain(sentence: string): void;
}

/** One command of mqadmin. */
export interface AdminCommand {
  readonly name: string;
  readonly description: string;
  /** Its own options; those for help and name servers come on top. */
  readonly options: readonly OptionSpec[];
  /** Long names of options of which exactly one has to be given. */
  readonly oneOf?: readonly string[];
  /** Throws AdminError, UsageError or ClientError. */
  run(args: Arguments, admin: AdminSession, output: Output): Promise<void>;
}
