import type { AdminCommand, OptionSpec } from './admin-command.ts';
import { commonOptions } from './arguments.ts';

const WIDTH = 110;
const USAGE = 'usage: ';
const COMMAND_WIDTH = 35;

/** The list of all commands. */
export function listCommands(commands: readonly AdminCommand[]): string {
  const lines = commands.map(({ name, description }) => `   ${name.padEnd(COMMAND_WIDTH)} ${description}\n`);
  return `The most commonly used mqadmin commands are:\n${lines.join('')}
See 'mqadmin help <command>' for more information on a specific command.
`;
}

/** Help for one command: a usage line and a table of its options, sorted, in at most 110 columns. */
export function commandHelp(command: AdminCommand): string {
  const options = [...command.options, ...commonOptions].sort((a, b) => compareKeys(sortKey(a), sortKey(b)));
  const line = [`mqadmin ${command.name}`, ...usageParts(command, options)].join(' ');
  const table = options.map((option) => [optionNames(option), option.description] as const);
  const column = Math.max(...table.map(([names]) => names.length)) + 3;
  const rows = table.map(([names, description]) => wrap(names.padEnd(column) + description, column));
  return `${wrap(USAGE + line, USAGE.length)}${rows.join('')}`;
}

function usageParts({ oneOf = [] }: AdminCommand, options: readonly OptionSpec[]): string[] {
  const alternatives = options.filter(({ long }) => oneOf.includes(long));
  return options.flatMap((option) => {
    if (alternatives.includes(option))
      return option === alternatives[0] ? [alternatives.map(withValue).join(' | ')] : [];
    return [option.required ? withValue(option) : `[${withValue(option)}]`];
  });
}

function withValue({ short, long, hasValue }: OptionSpec): string {
  return `${short === undefined ? `--${long}` : `-${short}`}${hasValue === false ? '' : ' <arg>'}`;
}

function optionNames({ short, long, hasValue }: OptionSpec): string {
  return `${short === undefined ? '   ' : ` -${short},`}--${long}${hasValue === false ? '' : ' <arg>'}`;
}

function sortKey({ short, long }: OptionSpec): string {
  return (short ?? long).toLowerCase();
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Breaks a line at blanks; the lines after the first are indented. */
function wrap(line: string, indent: number): string {
  let rest = line;
  let out = '';
  while (rest.length > WIDTH) {
    const blank = rest.lastIndexOf(' ', WIDTH);
    if (blank <= indent) break;
    out += `${rest.slice(0, blank).trimEnd()}\n`;
    rest = ' '.repeat(indent) + rest.slice(blank).trimStart();
  }
  return `${out}${rest}\n`;
}
