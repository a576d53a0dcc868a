import { parseArgs } from 'node:util';
import { plantedBugs } from '../bug/planted-bugs.ts';
import { dledgerMode } from '../live/chaos/dledger-mode.ts';
import { isMadeBy, liveFaults } from '../live/chaos/live-faults.ts';
import type { LiveMode } from '../live/chaos/live-mode.ts';
import { isLiveModeName, liveModeNamed } from '../live/chaos/live-modes.ts';
import { faultsNamed } from '../live/chaos/named-faults.ts';
import { type CutMeans, cutMeans } from '../live/network/open-network.ts';
import { refuseTwice, WrongArguments, wholeNumber } from './arguments.ts';
import { A_MINUTE, defaultMinimums, LONG_RUN, type Minimums } from './chaos-minimums.ts';
import { bugNamed, minutesOf, SHORTEST_ROUND_MINUTES } from './options.ts';

export const CHAOS_USAGE = `npm run chaos -- [options]

Starts a group of real processes on this machine, sends and reads through it, hurts it, heals it, reads everything back, and judges what clients saw
and what is in the files of the members.

  --minutes M      minutes with load and faults (default 1); runs beyond 10 minutes are played in rounds with a group and a seed of their own
  --mode M         dledger (default), or controller: three brokers on the native store, and three name servers with a Controller in each
  --nodes 3|5      members of a DLedger group (default 3)
  --seed S         decides which faults come when (default: drawn, and told)
  --faults A,B     only these kinds, by our names or those of OpenChaos (default: all that the mode survives)
  --list-faults    says which kinds there are and by what they are made, and plays nothing
  --schedule FILE  a JSON list of faults instead of the drawn ones, played in every round
  --cuts MEANS     what cuts links: proxies (default), namespaces: network namespaces of the kernel (needs root, ip and nsenter; no delays, loss and resets), or
                   both: rounds of the one and of the other by turns, of half the time where that is at most 10 minutes
  --rate N         messages a second that the senders aim at (default 1000)
  --min-faults N   faults that all rounds together have to make, or the run does not pass (default: ${LONG_RUN.faults} for runs of 10 minutes and more, ${A_MINUTE.faults} a minute for shorter
                   ones, and 1 with --schedule)
  --min-acked N    the same for acknowledged messages that are judged (default: ${LONG_RUN.acknowledged}; ${A_MINUTE.acknowledged} a minute, and less where --rate is below 1000; 1)
  --dir D          folder for the runs (default .chaos)
  --bug NAME       brokers with this planted bug (npm run sim -- --list-bugs): they have to be convicted
  --plain          lines instead of the live picture, as where there is no terminal or NO_COLOR is set
  --keep           keeps the folder of a run that passed, with what its clients did and were told (history.jsonl)
  --resume FILE    add a line for each round to FILE, and leave out the rounds that it has of these very sources
  --json FILE      write a summary
  --help

Ctrl-C ends a run; nothing that it started stays, also if it is killed.

Exit codes: 0 every promise was kept (with --bug: one was broken); 1 it was not so, a minimum was missed, or no fault could be made in a round; 2 wrong arguments; 3 the run itself failed or was interrupted.`;

/** What the command line asks for, checked. */
export interface ChaosCommand {
  readonly mode: LiveMode;
  readonly minutes: number;
  readonly nodes: number;
  readonly seed: number;
  /** Names of faults that may be drawn, ours or those of OpenChaos. */
  readonly kinds: readonly string[];
  readonly schedule: string | undefined;
  readonly cuts: CutMeans | 'both';
  readonly rate: number;
  readonly minimums: Minimums;
  readonly directory: string;
  /** Name of a planted bug. */
  readonly bug: string | undefined;
  readonly keep: boolean;
  readonly plain: boolean;
  readonly resume: string | undefined;
  readonly json: string | undefined;
  readonly listFaults: boolean;
  readonly help: boolean;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const spec = {
  mode: text,
  minutes: text,
  nodes: text,
  seed: text,
  faults: text,
  'list-faults': flag,
  schedule: text,
  cuts: text,
  rate: text,
  'min-faults': text,
  'min-acked': text,
  dir: text,
  bug: text,
  plain: flag,
  keep: flag,
  resume: text,
  json: text,
  help: flag,
} as const;

/** Throws WrongArguments. `drawnSeed` is taken where none is named. */
export function readChaosCommand(args: string[], drawnSeed: number): ChaosCommand {
  const values = parsed(args);
  const nodes = values.nodes ?? '3';
  if (nodes !== '3' && nodes !== '5') throw new WrongArguments(`--nodes ${nodes}: a group of chaos has 3 or 5 members`);
  const mode = modeOf(values.mode ?? dledgerMode.name);
  if (mode !== dledgerMode && nodes !== '3') throw new WrongArguments(`--nodes ${nodes}: ${mode.conf} has 3 brokers`);
  const minutes = minutesOf(values.minutes ?? '1');
  const cuts = cutsOf(values.cuts, minutes);
  const rate = wholeNumber('rate', values.rate ?? '1000', 1, 10_000);
  if (values.faults !== undefined && values.schedule !== undefined)
    throw new WrongArguments('--faults and --schedule exclude each other: a schedule says itself which faults come');
  return {
    mode,
    minutes,
    nodes: Number(nodes),
    seed: values.seed === undefined ? drawnSeed : wholeNumber('seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
    kinds: values.faults === undefined ? kindsIn(mode, cuts) : namesOf(values.faults, mode, cuts, Number(nodes)),
    cuts,
    schedule: values.schedule,
    rate,
    minimums: minimumsOf(values, defaultMinimums({ minutes, rate, hasSchedule: values.schedule !== undefined })),
    directory: values.dir ?? '.chaos',
    bug: groupBugNamed(values.bug),
    keep: values.keep,
    plain: values.plain,
    resume: values.resume,
    json: values.json,
    listFaults: values['list-faults'],
    help: values.help,
  };
}

function minimumsOf(values: Values, otherwise: Minimums): Minimums {
  const {
    'min-faults': faults = String(otherwise.faults),
    'min-acked': acknowledged = String(otherwise.acknowledged),
  } = values;
  return {
    faults: wholeNumber('min-faults', faults, 0, 1_000_000),
    acknowledged: wholeNumber('min-acked', acknowledged, 0, 1_000_000_000),
  };
}

function groupBugNamed(name: string | undefined): string | undefined {
  const [found] = bugNamed(name);
  const mode = plantedBugs.find((bug) => bug.name === found)?.mode ?? 'dledger';
  if (mode === 'dledger') return found;
  throw new WrongArguments(
    `--bug ${name}: it is one of ${mode} mode, and chaos starts DLedger groups; npm run sim hunts it`,
  );
}

type Values = ReturnType<typeof parseArgs<{ options: typeof spec }>>['values'];

function parsed(args: string[]): Values {
  refuseTwice(args);
  try {
    return parseArgs({ args, options: spec }).values;
  } catch (error) {
    throw new WrongArguments((error as Error).message);
  }
}

function modeOf(name: string): LiveMode {
  if (!isLiveModeName(name)) throw new WrongArguments(`--mode ${name}: there are dledger and controller`);
  return liveModeNamed(name);
}

function cutsOf(name = 'proxies', minutes: number): ChaosCommand['cuts'] {
  if (name === 'both' && minutes < 2 * SHORTEST_ROUND_MINUTES)
    throw new WrongArguments(`--cuts both: these are two rounds, and --minutes ${minutes} is too short for them`);
  const means = name === 'both' ? name : cutMeans.find((each) => each === name);
  if (means === undefined) throw new WrongArguments(`--cuts ${name}: there are ${cutMeans.join(', ')} and both`);
  return means;
}

function kindsIn({ kinds }: LiveMode, cuts: ChaosCommand['cuts']): string[] {
  const means = cuts === 'both' ? 'proxies' : cuts;
  return liveFaults.map(({ name }) => name).filter((name) => kinds.includes(name) && isMadeBy(means, name));
}

/** Those of the names that can be drawn in a round whose links are cut like this. */
export function namesIn(names: readonly string[], cuts: CutMeans, nodes: number): string[] {
  return names.filter((name) => faultsNamed(name, nodes)?.every(({ kind }) => isMadeBy(cuts, kind)));
}

function namesOf(list: string, mode: LiveMode, cuts: ChaosCommand['cuts'], nodes: number): string[] {
  const names = list.split(',').map((each) => each.trim());
  for (const name of names) {
    const faults = faultsNamed(name, nodes);
    if (faults === undefined)
      throw new WrongArguments(`--faults ${name}: there is no such fault; --list-faults names them`);
    if (faults.some(({ kind }) => !mode.kinds.includes(kind)))
      throw new WrongArguments(`--faults ${name}: mode ${mode.name} does not promise to survive it`);
    if (cuts !== 'both' && faults.some(({ kind }) => !isMadeBy(cuts, kind)))
      throw new WrongArguments(`--faults ${name}: only proxies make it, not --cuts ${cuts}`);
  }
  if (cuts === 'both' && namesIn(names, 'namespaces', nodes).length === 0)
    throw new WrongArguments(
      `--faults ${list}: only proxies make these, so that --cuts both has nothing to do by turns`,
    );
  return [...new Set(names)];
}
