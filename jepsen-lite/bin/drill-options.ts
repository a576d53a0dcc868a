import { parseArgs } from 'node:util';
import type { Plan } from '../drill/plan/plan.ts';
import { presetNamed, presets } from '../drill/plan/presets.ts';
import { WrongArguments, wholeNumber } from './options.ts';

export const DRILL_USAGE = `drill NAME [options]

Hurts a group of brokers on purpose while a producer and a consumer work, and says whether what has to hold did hold: how long sends stopped (RTO), what of
the acknowledged messages was lost (RPO), duplicates, order.

Names:
${presets.map(({ name, about }) => `  ${name.padEnd(16)} ${about}`).join('\n')}

  --repeat N       trials (default: what the plan says)
  --seed S         decides the drawn pauses of the load (default: drawn, and told)
  --dir D          folder for the runs and their reports (default .drill)
  --keep           keeps logs and data of a run that passed
  --help

Ctrl-C rolls the faults back and ends the drill; nothing that it started stays, also if it is killed.

Exit codes: 0 every hypothesis holds; 1 one does not, or the drill was aborted; 2 wrong arguments; 3 the drill itself failed or was interrupted.`;

/** What the command line asks for, checked. */
export interface DrillCommand {
  readonly help: boolean;
  /** Undefined with `help` only. */
  readonly plan: Plan | undefined;
  readonly seed: number;
  readonly directory: string;
  readonly keep: boolean;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const spec = { repeat: text, seed: text, dir: text, keep: flag, help: flag } as const;

/** Throws WrongArguments. `drawnSeed` is taken where none is named. */
export function readDrillCommand(args: string[], drawnSeed: number): DrillCommand {
  const { values, positionals } = parsed(args);
  const [name, ...more] = positionals;
  if (more.length > 0) throw new WrongArguments(`${more.join(' ')}: one drill at a time`);
  const found = name === undefined ? undefined : presetNamed(name);
  if (!values.help && name === undefined) throw new WrongArguments('a drill is needed');
  if (name !== undefined && found === undefined) throw new WrongArguments(`${name}: there is no such drill`);
  const repeat = values.repeat === undefined ? undefined : wholeNumber('repeat', values.repeat, 1, 1_000);
  return {
    help: values.help,
    plan: found && { ...found, repeat: repeat ?? found.repeat },
    seed: values.seed === undefined ? drawnSeed : wholeNumber('seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
    directory: values.dir ?? '.drill',
    keep: values.keep,
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options: spec, allowPositionals: true });
  } catch (error) {
    throw new WrongArguments((error as Error).message);
  }
}
