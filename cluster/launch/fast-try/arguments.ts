import { parseArgs } from 'node:util';

export const commands = ['start', 'stop', 'clean', 'status', 'restart', 'kill-leader', 'logs'] as const;
export type CommandName = (typeof commands)[number];

/** A command line that can be run. */
export interface FastTryArguments {
  readonly command: CommandName | 'help';
  readonly dir: string;
  readonly portBase: number | undefined;
  readonly nodes: number | undefined;
  /** Folder of shipped files under `conf/`. */
  readonly conf: string | undefined;
  /** `n0`, `n1`, ... or `namesrv`; undefined if none was named. */
  readonly node: string | undefined;
  /** `logs`: goes on printing what is added. */
  readonly follow: boolean;
  /** `logs`: how many of the last lines are shown first. */
  readonly lines: number;
}

/** The help, for the program as the user types it and the folder that it takes unless told otherwise. */
export const usage = (program: string, defaultDir: string) => `Usage: ${program} COMMAND [OPTIONS]

A name server and brokers on this machine, for trying LedgerMQ: three that keep every message by Raft, or another set of files in conf/.

  start          starts them (or goes on with the data of the last time), sends and consumes 1,000 messages
  status         role, term, commit and applied index, lag and memory of each node; fails unless all run
  kill-leader    kills the leader, or a master (SIGKILL), and tells after how long the next send is acknowledged
  restart N      stops node N in order (if it runs) and starts it again: 0, 1, 2, n0, n1, n2, broker-a-s, ... or namesrv
  logs [N] [-f]  the last lines of all logs or of node N's; -f goes on with what is added
  stop           stops exactly what start started, and keeps the data
  clean          removes data, logs and configuration of a stopped group

  --dir D        folder for configuration, logs and data (default: ${defaultDir})
  --port-base P  start: all ports from P on, instead of RocketMQ's 9876, 30911, 30921, 30931 and 40911 to 40913
  --nodes N      start: number of brokers (default 3)
  --conf NAME    start: dledger (default), controller, cluster-3n-namesrv-plugin (three name servers with a controller
                 each), 2m-2s-sync, 2m-2s-async, 2m-noslave, master (one broker) or sync-master (a SYNC_MASTER and
                 its slave)
  --lines N      logs: how many of the last lines (default 20)
  -h, --help     this text

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.`;

const DEFAULT_LINES = 20;
const MOST_LINES = 100_000;
const HIGHEST_PORT = 65_535;

/** Reads a command line; a string is one sentence about what is wrong with it. */
export function parseFastTryArguments(argv: readonly string[], defaultDir: string): FastTryArguments | string {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    return `${(error as Error).message.split('\n')[0]?.replace(/\.? To specify.*$/, '')}; --help shows what there is`;
  }
  const { values, positionals } = parsed;
  const [command, node, ...rest] = positionals;
  if (values.help || command === 'help') return { ...blank(defaultDir), command: 'help' };
  if (command === undefined) return 'no command was given; --help shows what there is';
  if (!isCommand(command)) return `there is no command ${command}; ${commands.join(', ')} are there`;
  const extra = takesNode(command) ? rest : node === undefined ? [] : [node, ...rest];
  if (extra.length > 0) return `${command} does not take ${extra.join(' ')}`;
  const misplaced = Object.keys(values).find((name) => !isFor(name, command));
  if (misplaced !== undefined) return `--${misplaced} means nothing to ${command}`;
  if (command === 'restart' && node === undefined)
    return 'restart needs the node: one that status shows, such as n0 or namesrv';
  if (values.dir === '') return '--dir needs a folder';
  const portBase = readNumber('--port-base', values['port-base'], 1, HIGHEST_PORT);
  const nodes = readNumber('--nodes', values.nodes, 1, 9);
  const lines = readNumber('--lines', values.lines, 0, MOST_LINES);
  const wrong = [portBase, nodes, lines].find((each) => typeof each === 'string');
  if (typeof wrong === 'string') return wrong;
  return {
    command,
    dir: values.dir ?? defaultDir,
    portBase: portBase as number | undefined,
    nodes: nodes as number | undefined,
    conf: values.conf,
    node: node === undefined ? undefined : nodeName(node),
    follow: values.follow ?? false,
    lines: (lines as number | undefined) ?? DEFAULT_LINES,
  };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      dir: { type: 'string' },
      'port-base': { type: 'string' },
      nodes: { type: 'string' },
      conf: { type: 'string' },
      lines: { type: 'string' },
      follow: { type: 'boolean', short: 'f' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

function blank(dir: string): Omit<FastTryArguments, 'command'> {
  return {
    dir,
    portBase: undefined,
    nodes: undefined,
    conf: undefined,
    node: undefined,
    follow: false,
    lines: DEFAULT_LINES,
  };
}

function isCommand(text: string): text is CommandName {
  return (commands as readonly string[]).includes(text);
}

function takesNode(command: CommandName): boolean {
  return command === 'restart' || command === 'logs';
}

function isFor(option: string, command: CommandName): boolean {
  if (option === 'port-base' || option === 'nodes' || option === 'conf') return command === 'start';
  if (option === 'lines' || option === 'follow') return command === 'logs';
  return true;
}

/** People write 1 or n1. */
function nodeName(text: string): string {
  return /^\d+$/.test(text) ? `n${Number(text)}` : text;
}

function readNumber(option: string, text: string | undefined, min: number, max: number): number | string | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  return `${option} ${text} must be a whole number from ${min} to ${max}`;
}
