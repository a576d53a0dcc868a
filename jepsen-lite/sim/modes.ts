import { faultKinds } from '../fault/fault-kinds.ts';
import type { DrawnKind } from '../fault/generate.ts';
import { createDledgerScene } from './dledger-scene.ts';
import type { Scene, SceneOptions } from './scene.ts';

/** What a mode brings to a run. */
export interface Mode {
  readonly kinds: readonly DrawnKind[];
  create(options: SceneOptions): Scene;
}

export type ModeName = 'dledger';

/** What brokers may be part of. */
export const modes: Readonly<Record<ModeName, Mode>> = {
  dledger: { kinds: faultKinds, create: createDledgerScene },
};
