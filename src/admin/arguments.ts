import type { AdminCommand, OptionSpec } from './admin-command.ts';
import { UsageError } from './admin-error.ts';
import { suggestion } from './near-miss.ts';

/** Options that every command has (ServerUtil.java). */
export const commonOptions: readonly OptionSpec[] = [
  { short: 'h', long: 'help', description: 'Print help', hasValue: false },
  {
    short: 'n',
    long: 'namesrvAddr',
    description: "Name server address list, eg: '192.168.0.1:9876;192.168.0.2:9876'",
  },
];

/** What a command line gives, by the long names of the options. */
export class Arguments {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  has(long: string): boolean {
    return this.#values.has(long);
  }

  /** Trimmed, or undefined. */
  find(long: string): string | undefined {
    return this.#values.get(long)?.trim();
  }

  /** A required option: the parser has checked that it is there. */
  text(long: string): string {
    const value = this.find(long);
    if (value === undefined || value === '') throw new UsageError(`--${long} must not be empty.`);
    return value;
  }

  whole(long: string, fallback: number, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
    const text = this.find(long);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (/^-?\d+$/.test(text) && value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new UsageError(`--${long} is "${text}", but must be a whole number ${range}.`);
  }

  /** `true` and `false` in any case. */
  boolean(long: string, fallback: boolean): boolean {
    const text = this.find(long)?.toLowerCase();
    if (text === undefined) return fallback;
    if (text === 'true' || text === 'false') return text === 'true';
    throw new UsageError(`--${long} is "${text}", but must be true or false.`);
  }
}

/**
 * Reads what follows a command's name. Options come as in RocketMQ: `-t X`, `-tX`, `-t=X`, `--topic X`, `--topic=X` and `-topic X`.
 * Throws a UsageError. With `-h` nothing is checked any more.
 */
export function parseArguments(command: AdminCommand, argv: readonly string[]): Arguments {
  const specs = [...command.options, ...commonOptions];
  const values = new Map<string, string>();
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string;
    const { spec, inline } = findOption(command, specs, word);
    if (spec.hasValue === false) {
      if (inline !== undefined) throw new UsageError(`${shown(spec)} takes no value, but "${word}" gives one.`);
      values.set(spec.long, '');
      continue;
    }
    const value = inline ?? argv[++at];
    if (value === undefined) throw new UsageError(`${shown(spec)} needs a value.`);
    values.set(spec.long, value);
  }
  if (!values.has('help')) checkPresence(command, values);
  return new Arguments(values);
}

function findOption(
  command: AdminCommand,
  specs: readonly OptionSpec[],
  word: string,
): { readonly spec: OptionSpec; readonly inline: string | undefined } {
  const [, dashes, name = '', inline] = /^(--?)([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (dashes === undefined) throw new UsageError(`"${word}" is not an option; values follow their option.`);
  const exact = specs.find(({ short, long }) => long === name || (dashes === '-' && short === name));
  if (exact !== undefined) return { spec: exact, inline };
  const attached =
    dashes === '-' ? specs.find(({ short }) => short !== undefined && name.startsWith(short)) : undefined;
  if (attached !== undefined && attached.hasValue !== false) return { spec: attached, inline: word.slice(2) };
  const known = specs.map(({ long }) => long);
  throw new UsageError(`${command.name} has no option "${word}".${suggestion(name, known)}`);
}

function checkPresence({ options, oneOf, name }: AdminCommand, values: ReadonlyMap<string, string>): void {
  const missing = options.filter(({ required, long }) => required && !values.has(long));
  if (missing.length > 0) throw new UsageError(`${name} needs ${missing.map(shown).join(', ')}.`);
  if (oneOf === undefined) return;
  const given = oneOf.filter((long) => values.has(long));
  if (given.length === 1) return;
  const choice = options.filter(({ long }) => oneOf.includes(long)).map(shown);
  throw new UsageError(`${name} needs exactly one of ${choice.join(' and ')}.`);
}

function shown({ short, long }: OptionSpec): string {
  return short === undefined ? `--${long}` : `-${short} (--${long})`;
}
