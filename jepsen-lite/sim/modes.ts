import { controllerFaultKinds } from '../controller/controller-fault-kinds.ts';
import { createControllerScene } from '../controller/controller-scene.ts';
import { faultKinds } from '../fault/fault-kinds.ts';
import type { DrawnKind } from '../fault/generate.ts';
import { createDledgerScene } from './dledger-scene.ts';
import type { ModeName } from './mode-name.ts';
import type { Scene, SceneOptions } from './scene.ts';

/** What a mode brings to a run. */
export interface Mode {
  readonly kinds: readonly DrawnKind[];
  create(options: SceneOptions): Scene;
}

/** The modes by their names. */
export const modes: Readonly<Record<ModeName, Mode>> = {
  dledger: { kinds: faultKinds, create: createDledgerScene },
  controller: { kinds: controllerFaultKinds, create: createControllerScene },
};
