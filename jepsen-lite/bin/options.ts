import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { plantedBugs } from '../bug/planted-bugs.ts';
import { isModeName, type ModeName, modeNames } from '../sim/mode-name.ts';
import { refuseTwice, WrongArguments, wholeNumber } from './arguments.ts';
import { checkCombinations } from './check-combinations.ts';
import { checkOutput, checkOutputFolder } from './check-output.ts';

/** A planted bug that takes more seeds counts as not found. */
export const MOST_SEEDS = 500;
/** Without `--seeds`, where neither one seed nor a bug is named. */
export const DEFAULT_SEEDS = 20;

export const USAGE = `npm run sim -- [what to play] [options]

What to play (default: 20 seeds from 1 on):
  --seeds N        N seeds, from --seed on
  --seed S         the first seed; without --seeds that one alone
  --list FILE      the seeds of a file: in each line the mode, if it is not dledger, seed, members, minutes and, where not those drawn count, a JSON file
                   of faults
  --bug NAME       seeds with a planted bug, until the bug is found (at most --seeds, default 500); the find is told of as a failure
  --all-bugs       the same for every planted bug, or, with --mode, for those of that mode
  --recorded       with --bug or --all-bugs: the seed on record only, with the bug (must fail by the invariant on record) and without (must pass)
  --list-bugs      says what each planted bug breaks, and plays nothing

Options:
  --mode M         dledger (a DLedger group) or controller (brokers in Controller mode and three controllers); default dledger
  --nodes 3|5      members of the group, or brokers of the set (default 3)
  --minutes M      simulated minutes with load and faults (default 1)
  --workers W      processes (default: one for each core)
  --trace          print what happens: time in ms, node, what, two numbers (jepsen-lite/README.md)
  --timeline FILE  draw nodes, leaders, faults and acknowledgements of one seed as SVG
  --history FILE   write what clients of one seed did and were told, one operation a line, for checkers that are not ours
  --details        with --history: also node, consumer group, end of unknown operations, errors, and where a consumer's queue jumped (op assign)
  --schedule FILE  a JSON list of faults instead of the drawn ones
  --failures DIR   folder for what is told of failures (default .sim)
  --resume FILE    add a line for each seed to FILE, and leave out the seeds that it has of these very sources
  --record FILE    with --bug or --all-bugs: keep in FILE which seed found each bug, and how many seeds that took
  --json FILE      write a summary
  --help

Exit codes: 0 all went as it must; 1 a promise was broken, or a bug was not found; 2 wrong arguments; 3 the simulator itself failed.`;

/** What the command line asks for, checked. */
export interface SimOptions {
  /** With planted bugs, each has a mode of its own. */
  readonly mode: ModeName;
  readonly seed: number;
  readonly seeds: number | undefined;
  readonly nodes: number | undefined;
  readonly minutes: number;
  readonly workers: number;
  readonly list: string | undefined;
  /** Names of planted bugs to be hunted. */
  readonly bugs: readonly string[];
  readonly listBugs: boolean;
  readonly recorded: boolean;
  readonly trace: boolean;
  readonly timeline: string | undefined;
  readonly history: string | undefined;
  /** The history has what the plain format lacks, too. */
  readonly details: boolean;
  readonly schedule: string | undefined;
  readonly failures: string;
  readonly resume: string | undefined;
  readonly record: string | undefined;
  readonly json: string | undefined;
  readonly help: boolean;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const spec = {
  mode: text,
  seeds: text,
  seed: text,
  nodes: text,
  minutes: text,
  workers: text,
  list: text,
  bug: text,
  'all-bugs': flag,
  'list-bugs': flag,
  recorded: flag,
  trace: flag,
  timeline: text,
  history: text,
  details: flag,
  schedule: text,
  failures: text,
  resume: text,
  record: text,
  json: text,
  help: flag,
} as const;

/** Throws WrongArguments. */
export function readOptions(args: string[]): SimOptions {
  const values = parsed(args);
  checkCombinations(values);
  const bugs = values['all-bugs'] ? bugsOf(values.mode) : bugNamed(values.bug, values.mode);
  const one = values.seed !== undefined && bugs.length === 0 && values.list === undefined;
  const seeds = values.seeds === undefined ? undefined : wholeNumber('seeds', values.seeds, 1, 10_000_000);
  const options = {
    mode: modeNamed(values.mode ?? 'dledger'),
    seed: wholeNumber('seed', values.seed ?? '1', 0, Number.MAX_SAFE_INTEGER),
    seeds: seeds ?? (one ? 1 : undefined),
    nodes: membersOf(values.nodes),
    minutes: minutesOf(values.minutes ?? '1'),
    workers: wholeNumber('workers', values.workers ?? String(availableParallelism()), 1, 256),
    list: values.list,
    bugs,
    listBugs: values['list-bugs'],
    recorded: values.recorded,
    trace: values.trace,
    timeline: values.timeline,
    history: values.history,
    details: values.details,
    schedule: values.schedule,
    failures: values.failures ?? '.sim',
    resume: values.resume,
    record: values.record,
    json: values.json,
    help: values.help,
  };
  checkLastSeed(options);
  const needsBug = options.recorded || options.record !== undefined;
  if (needsBug && bugs.length === 0) throw new WrongArguments('--recorded and --record need --bug NAME or --all-bugs');
  if ((options.timeline ?? options.history) !== undefined && options.seeds !== 1)
    throw new WrongArguments('--timeline and --history tell of one seed: name it with --seed');
  if (options.details && options.history === undefined)
    throw new WrongArguments('--details says what --history FILE holds: name the file');
  for (const name of ['timeline', 'history', 'resume', 'record', 'json'] as const) checkOutput(name, options[name]);
  checkOutputFolder('failures', options.failures);
  return options;
}

/** Seeds at the end of what a number can tell apart would be played twice. */
function checkLastSeed({ seed, seeds, bugs, list }: Pick<SimOptions, 'seed' | 'seeds' | 'bugs' | 'list'>): void {
  const count = list === undefined ? (seeds ?? (bugs.length > 0 ? MOST_SEEDS : DEFAULT_SEEDS)) : 1;
  const highest = Number.MAX_SAFE_INTEGER - count + 1;
  if (seed > highest)
    throw new WrongArguments(
      `--seed ${seed}: ${count} seeds from there on go beyond ${Number.MAX_SAFE_INTEGER}; begin at ${highest} at the latest, or name fewer with --seeds`,
    );
}

function parsed(args: string[]): ReturnType<typeof parseArgs<{ options: typeof spec }>>['values'] {
  refuseTwice(joined(args));
  try {
    return parseArgs({ args: joined(args), options: spec }).values;
  } catch (error) {
    throw new WrongArguments((error as Error).message.split('\n')[0]);
  }
}

/** `--seed -1` is a value that is wrong, and no option `-1`. */
function joined(args: readonly string[]): string[] {
  const result: string[] = [];
  for (const arg of args) {
    const before = result.at(-1);
    if (/^-\d/.test(arg) && before?.startsWith('--') && !before.includes('='))
      result[result.length - 1] = `${before}=${arg}`;
    else result.push(arg);
  }
  return result;
}

/** Names of all planted bugs, or of those of one mode. */
function bugsOf(mode: string | undefined): string[] {
  const bugs = plantedBugs.filter((bug) => mode === undefined || (bug.mode ?? 'dledger') === mode);
  return bugs.map(({ name }) => name);
}

function membersOf(value: string | undefined): number | undefined {
  if (value === undefined || value === '3' || value === '5') return value === undefined ? undefined : Number(value);
  throw new WrongArguments(`--nodes ${value}: 3 or 5 is needed`);
}

function modeNamed(value: string): ModeName {
  if (isModeName(value)) return value;
  throw new WrongArguments(`--mode ${value}: one of ${modeNames.join(', ')} is needed`);
}

/** The planted bug with this name, as a list; throws WrongArguments where there is none, or none in this mode. */
export function bugNamed(name: string | undefined, mode?: string): string[] {
  if (name === undefined) return [];
  const bug = plantedBugs.find((each) => each.name === name);
  const { mode: own = 'dledger' } = bug ?? {};
  if (bug !== undefined && mode !== undefined && modeNamed(mode) !== own)
    throw new WrongArguments(`--bug ${name} --mode ${mode}: this bug is planted in ${own} mode; leave --mode out`);
  if (bug !== undefined) return [name];
  throw new WrongArguments(`--bug ${name}: there is no such planted bug; npm run sim -- --list-bugs names them`);
}

/** Shorter ones have no time for faults. */
export const SHORTEST_ROUND_MINUTES = 0.2;

/** Throws WrongArguments. */
export function minutesOf(value: string): number {
  const minutes = Number(value);
  if (minutes >= SHORTEST_ROUND_MINUTES && minutes <= 600) return minutes;
  throw new WrongArguments(`--minutes ${value}: a number from ${SHORTEST_ROUND_MINUTES} to 600 is needed`);
}
