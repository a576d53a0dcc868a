import { controllerFaultKinds } from '../controller/controller-fault-kinds.ts';
import { createControllerScene } from '../controller/controller-scene.ts';
import { drawLeftAlone } from '../controller/left-alone.ts';
import { drawOutlived } from '../controller/outlive-brokers.ts';
import { drawSetBacks } from '../controller/set-back-brokers.ts';
import { faultKinds } from '../fault/fault-kinds.ts';
import { type DrawnKind, generateSchedule } from '../fault/generate.ts';
import type { Fault, Schedule } from '../fault/schedule.ts';
import { Chance } from './chance.ts';
import { createDledgerScene } from './dledger-scene.ts';
import type { ModeName } from './mode-name.ts';
import type { Scene, SceneOptions } from './scene.ts';

/** What a mode brings to a run. */
export interface Mode {
  readonly kinds: readonly DrawnKind[];
  /** Faults of kinds that came later, each from a stream of its own: what a seed meant before stays. */
  readonly laterKinds?: (seed: number, startMs: number, endMs: number) => Fault[];
  create(options: SceneOptions): Scene;
}

/** The modes by their names. */
export const modes: Readonly<Record<ModeName, Mode>> = {
  dledger: { kinds: faultKinds, create: createDledgerScene },
  controller: { kinds: controllerFaultKinds, laterKinds: drawLaterKinds, create: createControllerScene },
};

function drawLaterKinds(...drawn: Parameters<typeof drawSetBacks>): Fault[] {
  return [...drawSetBacks(...drawn), ...drawLeftAlone(...drawn), ...drawOutlived(...drawn)];
}

/** The faults that a seed means, by time. */
export function drawFaults({ kinds, laterKinds }: Mode, seed: number, startMs: number, endMs: number): Schedule {
  const drawn = generateSchedule(new Chance(seed, 'faults'), { kinds, startMs, endMs });
  return [...drawn, ...(laterKinds?.(seed, startMs, endMs) ?? [])].sort((a, b) => a.atMs - b.atMs);
}
