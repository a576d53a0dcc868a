import { parseDocument } from 'yaml';
import type { Fault } from '../../fault/schedule.ts';
import { liveFaults } from '../../live/chaos/live-faults.ts';
import { faultsNamed } from '../../live/chaos/named-faults.ts';
import { membersOf, type PhasePlan, type Plan, type TargetPlan } from './plan.ts';
import { nameFrom } from './plan-name.ts';
import { planProblem } from './plan-problem.ts';
import { planSchema } from './plan-schema.ts';
import {
  defaultPhase,
  defaultPlan,
  defaultTargets,
  elsewhereProblem,
  phasesOn,
  presetNamed,
  presets,
} from './presets.ts';
import { schemaProblem } from './schema.ts';

/** Thrown for a plan that makes no sense: one sentence with the key, its value and the remedy. */
export class WrongPlan extends Error {}

/** A plan file as it stands in its text, checked against the schema. */
interface PlanFile extends Partial<Omit<Plan, 'phases' | 'target'>> {
  readonly preset?: string;
  readonly target?: Partial<TargetPlan>;
  readonly faults?: readonly Partial<Fault>[];
  readonly phases?: readonly (Partial<Omit<PhasePlan, 'faults'>> & { readonly faults: readonly Partial<Fault>[] })[];
}

/** What comes before what a plan says. */
export interface Instead {
  /** The target that is meant instead of the plan's. */
  readonly targetOf: (target: TargetPlan) => TargetPlan;
  /** Faults may leave fewer members than a majority, also where the plan does not say so. */
  readonly allowQuorumLoss: boolean;
}

const nothing: Instead = { targetOf: (target) => target, allowQuorumLoss: false };

/** Reads a plan in YAML, or in JSON with comments. Throws WrongPlan. */
export function readPlan(text: string, nameOfFile: string, instead = nothing): Plan {
  const file = parsedText(text);
  const problem = schemaProblem(planSchema, file);
  if (problem !== undefined) throw new WrongPlan(problem);
  const plan = filled(file as PlanFile, nameOfFile, instead);
  checkPlan(plan);
  return plan;
}

/** Throws WrongPlan where a plan cannot be played. */
export function checkPlan(plan: Plan): void {
  const problem = planProblem(plan);
  if (problem !== undefined) throw new WrongPlan(problem);
}

/** What is written in YAML, or in JSON with comments. Throws WrongPlan. */
export function parsedText(text: string): unknown {
  const document = parseDocument(/^\s*(\/[/*]|\{)/.test(text) ? withoutSlashComments(text) : text);
  const [error] = document.errors;
  if (error?.code === 'MULTIPLE_DOCS')
    throw new WrongPlan('there are several documents, divided by ---; put each into a file of its own');
  if (error !== undefined) throw new WrongPlan(error.message.split('\n')[0]?.replace(/:$/, '') ?? 'it is no YAML');
  try {
    return document.toJS() as unknown;
  } catch (problem) {
    // An alias that names nothing, or that grows without end.
    throw new WrongPlan((problem as Error).message);
  }
}

/** JSON is YAML, whose comments begin with #; those that JSON files have are blanked, so that lines and columns stay. */
function withoutSlashComments(text: string): string {
  return text.replace(/"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (part) => {
    return part.startsWith('"') ? part : part.replace(/[^\n]/g, ' ');
  });
}

function filled(file: PlanFile, nameOfFile: string, instead: Instead): Plan {
  const base = file.preset === undefined ? undefined : presetNamed(file.preset);
  if (file.preset !== undefined && base === undefined)
    throw new WrongPlan(`preset: "${file.preset}" must be one of ${presets.map(({ name }) => name).join(', ')}`);
  if (file.faults !== undefined && file.phases !== undefined)
    throw new WrongPlan('faults and phases exclude each other; put the faults into a phase');
  const hasOwnFaults = file.faults !== undefined || file.phases !== undefined;
  // What a preset is called, tells, expects and may take down goes with its own faults, not with others.
  const meant = hasOwnFaults ? undefined : base;
  const name = file.name ?? meant?.name ?? nameFrom(nameOfFile);
  const from = base ?? defaultPlan;
  const target = instead.targetOf(targetOf(file.target, from.target));
  const problem = meant === undefined ? undefined : elsewhereProblem(meant, target);
  if (problem !== undefined) throw new WrongPlan(`preset: ${problem}`);
  const phases = phasesOf(file, name, membersOf(target).length) ?? (base && phasesOn(target, base));
  if (phases === undefined) throw new WrongPlan('faults is missing; without a preset a plan says what happens');
  return {
    name,
    about: file.about ?? meant?.about ?? `The drill ${name}.`,
    target,
    load: { ...from.load, ...file.load },
    steady: { ...from.steady, ...file.steady },
    phases,
    recoverMs: file.recoverMs ?? from.recoverMs,
    abort: { ...from.abort, ...file.abort },
    expect: { ...(meant ?? defaultPlan).expect, ...file.expect },
    repeat: file.repeat ?? from.repeat,
    allowQuorumLoss: instead.allowQuorumLoss || (file.allowQuorumLoss ?? (meant ?? defaultPlan).allowQuorumLoss),
  };
}

/** What a plan says of its target, over what its preset says of one of the same kind. */
function targetOf(target: Partial<TargetPlan> = {}, from: TargetPlan): TargetPlan {
  const kind = target.kind ?? from.kind;
  const base = kind === from.kind ? from : defaultTargets[kind];
  return { ...base, ...target } as TargetPlan;
}

function phasesOf({ faults, phases }: PlanFile, name: string, members: number): PhasePlan[] | undefined {
  const listed = phases ?? (faults && [{ faults }]);
  return listed?.map(({ faults: inside, ...phase }, at) => {
    const path = phases === undefined ? 'faults' : `phases[${at}].faults`;
    const title = phases === undefined ? name : `phase ${at + 1}`;
    return {
      ...defaultPhase,
      name: title,
      ...phase,
      faults: inside.flatMap((fault, of) => faultsOf(fault, `${path}[${of}]`, members)),
    };
  });
}

const DEFAULT_FOR_MS = 2_000;

/** Whom a kind is aimed at where the plan does not say. */
function usualTarget(kind: string): Fault['target'] {
  return liveFaults.find(({ name }) => name === kind)?.onlyTarget ?? 'leader';
}

/** What a name means, and where the plan says whom, that one alone. */
function faultsOf({ kind = '', ...fault }: Partial<Fault>, path: string, members: number): Fault[] {
  const named = faultsNamed(kind, members);
  if (named === undefined)
    throw new WrongPlan(
      `${path}.kind: "${kind}" is no fault that can be made on processes; drill --list-faults names them`,
    );
  const [first] = named;
  const saysWhom = fault.target !== undefined || fault.other !== undefined;
  if (saysWhom && first?.other !== undefined)
    throw new WrongPlan(`${path}.target: ${kind} says itself which links are cut; leave target and other out`);
  const parts = saysWhom ? named.slice(0, 1) : named;
  return parts.map(
    (part): Fault => ({
      atMs: 0,
      target: usualTarget(part.kind),
      forMs: DEFAULT_FOR_MS,
      ...part,
      ...fault,
      kind: part.kind,
    }),
  );
}
