import { parseArgs } from 'node:util';
import { modes, type Variant } from './modes.ts';
import { type Row, rows } from './rows.ts';

export interface BenchOptions {
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly repetitions: number;
  readonly rows: readonly Row[];
  /** The clusters that are measured, in this order. */
  readonly variants: readonly Variant[];
  readonly floor: boolean;
  readonly group: boolean;
  readonly client: boolean;
  /** File for the result as JSON; `-` is the standard output, then without the table. */
  readonly json: string | undefined;
  /** Folder under which data are kept during the run; default: the system's folder for temporary files. */
  readonly dir: string | undefined;
  readonly portBase: number;
  readonly profile: boolean;
  readonly brokerKeys: Readonly<Record<string, string>>;
}

export const usage = `Usage: npm run bench -- [options]

Measures brokers that it starts itself, against the floor: the least that Node can do with the same bytes.

  --mode A,B        of ${Object.keys(modes).join(', ')} (default dledger); several are measured in turn
  --seconds N       measured seconds of each run (default 5)
  --warm-up N       seconds of load before that (default 2)
  --repetitions N   runs of each row; medians are shown (default 3)
  --rows A,B        of ${rows.map(({ name }) => name).join(', ')} (default all)
  --only A,B        of floor, group, client (default all)
  --json FILE       writes the result as JSON; - prints it instead of the table
  --dir DIR         folder for the data during the run (default: the system's for temporary files)
  --port-base N     first port of the group (default: free ones)
  --set KEY=VALUE   a key for the brokers' configuration, such as flushDiskType=SYNC_FLUSH
  --profile         also writes CPU profiles of the brokers and shows where their time goes
  --help`;

/** The options, or what is wrong with them in one sentence; undefined: help is wanted. */
export function parseArguments(args: readonly string[]): BenchOptions | string | undefined {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    return (error as Error).message;
  }
  if (values.help) return undefined;
  const wanted = values.rows?.split(',') ?? rows.map(({ name }) => name);
  const unknownRow = wanted.find((name) => rows.every((row) => row.name !== name));
  if (unknownRow !== undefined) return `--rows: there is no row ${unknownRow}; see --help.`;
  const wantedModes = values.mode.split(',');
  const unknownMode = wantedModes.find((name) => !(name in modes));
  if (unknownMode !== undefined) return `--mode: there is no mode ${unknownMode}; see --help.`;
  const only = values.only?.split(',') ?? ['floor', 'group', 'client'];
  const unknown = only.find((name) => !['floor', 'group', 'client'].includes(name));
  if (unknown !== undefined) return `--only: ${unknown} is none of floor, group, client.`;
  const numbers = ['seconds', 'warm-up', 'repetitions', 'port-base'] as const;
  const wrong = numbers.find((name) => !(Number(values[name]) >= 0));
  if (wrong !== undefined) return `--${wrong} is ${values[wrong]}; it must be a number.`;
  const notKey = values.set?.find((pair) => !pair.includes('='));
  if (notKey !== undefined) return `--set is ${notKey}; it must be KEY=VALUE.`;
  return {
    seconds: Number(values.seconds),
    warmUpSeconds: Number(values['warm-up']),
    repetitions: Math.max(1, Math.round(Number(values.repetitions))),
    rows: rows.filter(({ name }) => wanted.includes(name)),
    variants: wantedModes.flatMap((name) => modes[name] ?? []),
    floor: only.includes('floor'),
    group: only.includes('group'),
    client: only.includes('client'),
    json: values.json,
    dir: values.dir,
    portBase: Number(values['port-base']),
    profile: values.profile,
    brokerKeys: Object.fromEntries((values.set ?? []).map((pair) => splitAt(pair, pair.indexOf('=')))),
  };
}

function splitAt(pair: string, at: number): [string, string] {
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      mode: { type: 'string', default: 'dledger' },
      seconds: { type: 'string', default: '5' },
      'warm-up': { type: 'string', default: '2' },
      repetitions: { type: 'string', default: '3' },
      rows: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'string' },
      dir: { type: 'string' },
      'port-base': { type: 'string', default: '0' },
      set: { type: 'string', multiple: true },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values;
}
