import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { GameDay } from '../drill/plan/game-day.ts';
import { NODES, type OwnTarget, type Plan, type StockTarget, type TargetPlan } from '../drill/plan/plan.ts';
import { defaultTargets, elsewhereProblem, phasesOn, presetNamed, presets } from '../drill/plan/presets.ts';
import { readGameDay } from '../drill/plan/read-game-day.ts';
import { checkPlan, readPlan, WrongPlan } from '../drill/plan/read-plan.ts';
import { isLiveModeName, liveModeNames } from '../live/chaos/live-modes.ts';
import { cutMeans } from '../live/network/open-network.ts';
import { refuseTwice, WrongArguments, wholeNumber } from './arguments.ts';

export const DRILL_USAGE = `drill NAME|PLAN [options]
drill compare A B
drill game-day FILE [options]

Hurts a group of brokers on purpose while a producer and a consumer work, and says whether what has to hold did hold: how long sends stopped (RTO), what of
the acknowledged messages was lost (RPO), duplicates, order. PLAN is a file in YAML, or in JSON with comments. compare shows two reports (folders of runs, or
their report.json) side by side. game-day plays several drills one after another, now or when its calendar says so; --schema tells what its FILE may say.

Names:
${presets.map(({ name, about }) => `  ${name.padEnd(16)} ${about}`).join('\n')}

  --target KIND    ledgermq or rocketmq: whose group is started (default: what the plan says; ledgermq)
  --mode M         dledger, or controller: three brokers and a Controller inside their name server (default: what the plan says; dledger)
  --cuts MEANS     what cuts links: proxies, or namespaces: network namespaces of the kernel (needs root, ip and nsenter; default: what the plan says; proxies)
  --nodes N        members of the group that is started, ${NODES.least} to ${NODES.most} (default: what the plan says; 3)
  --repeat N       trials (default: what the plan says; 1)
  --seed S         decides the drawn pauses of the load (default: drawn, and told)
  --dry-run        says what would be done to whom, and does nothing; a running group is asked who leads now
  --now            a game day with a calendar is played at once, and once
  --allow-quorum-loss  faults may leave fewer members than a majority; a group that runs already needs this flag, a plan cannot give it
  --dir D          folder for the runs and their reports (default .drill)
  --plain          lines instead of the live picture, as where there is no terminal or NO_COLOR is set
  --keep           keeps logs and data of a run that passed
  --schema         prints the JSON Schema of plans, or of game days
  --list-faults    says which faults there are and by what they are made
  --help

Ctrl-C rolls the faults back and ends the drill; nothing that it started stays, also if it is killed.

Exit codes: 0 every hypothesis holds; 1 one does not, or the drill was aborted; 2 wrong arguments; 3 the drill itself failed or was interrupted.`;

/** What the command line asks for, checked. */
export type DrillCommand =
  | { readonly what: 'help' | 'schema' | 'game-day-schema' | 'list-faults' }
  | { readonly what: 'compare'; readonly reports: readonly [string, string] }
  | (HowToPlay & Playable & { readonly what: 'dry-run' | 'play' })
  | (HowToPlay & {
      readonly what: 'describe-game-day' | 'play-game-day';
      readonly day: GameDay;
      /** Its drills, in their order. */
      readonly parts: readonly Playable[];
      /** Do not wait for its time, and play it once. */
      readonly isNow: boolean;
    });

interface Playable {
  readonly plan: Plan;
  /** The arguments by which it is repeated from the same folder, but the seed. */
  readonly replay: readonly string[];
}

interface HowToPlay {
  readonly seed: number;
  readonly directory: string;
  readonly keep: boolean;
  readonly plain: boolean;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const spec = {
  target: text,
  mode: text,
  cuts: text,
  nodes: text,
  repeat: text,
  seed: text,
  dir: text,
  'dry-run': flag,
  now: flag,
  'allow-quorum-loss': flag,
  keep: flag,
  plain: flag,
  schema: flag,
  'list-faults': flag,
  help: { ...flag, short: 'h' },
} as const;

/** Throws WrongArguments. `drawnSeed` is taken where none is named. */
export function readDrillCommand(args: string[], drawnSeed: number): DrillCommand {
  const { values, positionals } = parsed(args);
  const [name, ...more] = positionals;
  if (values.schema && name === 'game-day') return { what: 'game-day-schema' };
  for (const what of ['help', 'schema', 'list-faults'] as const) if (values[what]) return { what };
  if (name === 'compare') return { what: 'compare', reports: pairOf(more) };
  if (name === undefined) throw new WrongArguments('the name of a drill or a plan file is needed');
  const how = howOf(values, drawnSeed);
  if (name === 'game-day') return { ...how, ...gameDayOf(more, values) };
  if (values.now) throw new WrongArguments('--now: only game days have a calendar');
  if (more.length > 0) throw new WrongArguments(`${more.join(' ')}: one drill at a time; game-day plays several`);
  return {
    ...how,
    what: values['dry-run'] ? 'dry-run' : 'play',
    plan: changed(planNamed(name, values), values),
    replay: replayOf(name, values),
  };
}

function howOf({ seed, dir, keep, plain }: Values, drawnSeed: number): HowToPlay {
  return {
    seed: seed === undefined ? drawnSeed : wholeNumber('seed', seed, 0, Number.MAX_SAFE_INTEGER),
    directory: dir ?? '.drill',
    keep,
    plain,
  };
}

function gameDayOf([file, ...more]: readonly string[], values: Values) {
  if (file === undefined || more.length > 0) throw new WrongArguments('game-day: one file is needed');
  checkIsFile(file, 'there is no such file of a game day');
  const day = refused(file, () => readGameDay(readFileSync(file, 'utf8'), basename(file, extname(file))));
  const parts = day.drills.map(({ drill, repeat }): Playable => {
    const name = presetNamed(drill) === undefined ? join(dirname(file), drill) : drill;
    const own = repeat === undefined ? values : { ...values, repeat: String(repeat) };
    return { plan: changed(planNamed(name, own), own), replay: replayOf(name, own) };
  });
  const what = values['dry-run'] ? ('describe-game-day' as const) : ('play-game-day' as const);
  return { what, day, parts, isNow: values.now };
}

/** What decides what a drill does and leaves; where it leaves that, and the seed, are said elsewhere. */
const REPLAYED = ['target', 'mode', 'cuts', 'nodes', 'repeat', 'allow-quorum-loss', 'keep', 'plain'] as const;

/** The arguments by which a drill is repeated, but the seed. */
function replayOf(name: string, values: Values): string[] {
  const options = REPLAYED.flatMap((option) => {
    const value = values[option];
    if (typeof value === 'string') return [`--${option}`, value];
    return value ? [`--${option}`] : [];
  });
  return [name, ...options];
}

/** Throws WrongArguments where a path is none of a file. */
function checkIsFile(path: string, missing: string): void {
  if (!existsSync(path)) throw new WrongArguments(`${path}: ${missing}`);
  if (statSync(path).isDirectory()) throw new WrongArguments(`${path}: this is a folder; name a file in it`);
}

type Values = ReturnType<typeof parsed>['values'];

function parsed(args: string[]) {
  refuseTwice(args);
  try {
    return parseArgs({ args, options: spec, allowPositionals: true });
  } catch (error) {
    throw new WrongArguments((error as Error).message);
  }
}

function pairOf([first, second, ...more]: readonly string[]): readonly [string, string] {
  if (first === undefined || second === undefined || more.length > 0)
    throw new WrongArguments('compare: two reports are needed');
  return [first, second];
}

/** Done to what the command line says. */
function planNamed(name: string, values: Values): Plan {
  const preset = presetNamed(name);
  if (preset !== undefined) {
    const target = targetOf(preset.target, values);
    const problem = elsewhereProblem(preset, target);
    if (problem !== undefined) throw new WrongArguments(problem);
    return { ...preset, target, phases: phasesOn(target, preset) };
  }
  checkIsFile(name, 'there is no such plan file, and no drill of this name');
  const instead = {
    targetOf: (target: TargetPlan) => targetOf(target, values),
    allowQuorumLoss: values['allow-quorum-loss'],
  };
  return refused(name, () => readPlan(readFileSync(name, 'utf8'), basename(name, extname(name)), instead));
}

/** The plan with what else the command line says instead. */
function changed(plan: Plan, values: Values): Plan {
  const repeat = values.repeat === undefined ? plan.repeat : wholeNumber('repeat', values.repeat, 1, 1_000);
  const allowed = plan.target.kind !== 'running' && plan.allowQuorumLoss;
  const made = { ...plan, repeat, allowQuorumLoss: allowed || values['allow-quorum-loss'] };
  refused(plan.name, () => checkPlan(made));
  return made;
}

function targetOf(target: TargetPlan, { target: kind, nodes, mode, cuts }: Values): TargetPlan {
  if ([kind, nodes, mode, cuts].every((value) => value === undefined)) return target;
  if (target.kind === 'running')
    throw new WrongArguments('--target, --mode, --cuts and --nodes: this plan is for a running group');
  if (kind !== undefined && kind !== 'ledgermq' && kind !== 'rocketmq')
    throw new WrongArguments(
      `--target ${kind}: ledgermq or rocketmq is needed; a running group is described in a plan file`,
    );
  const meant = kind === undefined || kind === target.kind ? target : defaultTargets[kind];
  const base = withCuts(inMode(meant, mode), cuts);
  return nodes === undefined ? base : { ...base, nodes: wholeNumber('nodes', nodes, NODES.least, NODES.most) };
}

function inMode(target: OwnTarget | StockTarget, mode: string | undefined): OwnTarget | StockTarget {
  if (mode === undefined) return target;
  if (!isLiveModeName(mode)) throw new WrongArguments(`--mode ${mode}: there are ${liveModeNames.join(' and ')}`);
  return { ...target, mode };
}

function withCuts(target: OwnTarget | StockTarget, means: string | undefined): OwnTarget | StockTarget {
  if (means === undefined) return target;
  if (target.kind === 'rocketmq')
    throw new WrongArguments(`--cuts ${means}: links of RocketMQ's group are cut by proxies`);
  const cuts = cutMeans.find((each) => each === means);
  if (cuts === undefined) throw new WrongArguments(`--cuts ${means}: there are ${cutMeans.join(' and ')}`);
  return { ...target, cuts };
}

function refused<Result>(name: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof WrongPlan) throw new WrongArguments(`${name}: ${error.message}`);
    throw error;
  }
}
