import { ClientError } from '../client/errors.ts';
import type { Platform } from '../platform/ports.ts';
import type { AdminCommand, Output } from './admin-command.ts';
import { AdminError, UsageError } from './admin-error.ts';
import { AdminSession } from './admin-session.ts';
import { parseArguments } from './arguments.ts';
import { commands } from './commands.ts';
import { suggestion } from './near-miss.ts';
import { commandHelp, listCommands } from './usage.ts';

/** Exit codes of mqadmin. */
export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

/** Where mqadmin takes what it needs and puts what it prints. */
export interface AdminSurroundings {
  /** Made only when a command talks to servers. */
  readonly platform: () => Platform;
  /** Name servers where the command line gives none: NAMESRV_ADDR. */
  readonly nameServers: string | undefined;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

/** Runs one command line and resolves to its exit code; rejects only for a bug of ours. */
export async function mqadmin(argv: readonly string[], surroundings: AdminSurroundings): Promise<number> {
  const { print, printError } = surroundings;
  const [word = 'help', ...rest] = argv;
  try {
    if (['help', '-h', '--help'].includes(word)) {
      const [name] = rest;
      print(name === undefined ? listCommands(commands) : commandHelp(findCommand(name)));
      return exitCodes.ok;
    }
    return await runCommand(findCommand(word), rest, surroundings);
  } catch (error) {
    if (error instanceof UsageError || (error instanceof ClientError && error.code === 'invalid-argument')) {
      const known = commands.some(({ name }) => name === word);
      printError(`${error.message} See 'mqadmin help${known ? ` ${word}` : ''}'.\n`);
      return exitCodes.usage;
    }
    if (!(error instanceof AdminError) && !(error instanceof ClientError)) throw error;
    printError(`${word}: ${error.message}\n`);
    return exitCodes.failed;
  }
}

async function runCommand(
  command: AdminCommand,
  argv: readonly string[],
  { platform, nameServers, print, printError }: AdminSurroundings,
): Promise<number> {
  const args = parseArguments(command, argv);
  if (args.has('help')) {
    print(commandHelp(command));
    return exitCodes.ok;
  }
  let complaints = 0;
  const output: Output = {
    print,
    complain: (sentence) => {
      complaints++;
      printError(`${command.name}: ${sentence}\n`);
    },
  };
  const admin = new AdminSession(platform(), args.find('namesrvAddr') ?? nameServers);
  try {
    await command.run(args, admin, output);
  } finally {
    admin.close();
  }
  return complaints === 0 ? exitCodes.ok : exitCodes.failed;
}

/** RocketMQ does not mind capitals either. */
function findCommand(name: string): AdminCommand {
  const found = commands.find((command) => command.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const near = suggestion(
    name,
    commands.map((command) => command.name),
  );
  throw new UsageError(`There is no command "${name}".${near}`);
}
