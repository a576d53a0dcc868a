import { controllerMode } from './controller-mode.ts';
import { dledgerMode } from './dledger-mode.ts';
import type { LiveMode } from './live-mode.ts';

const liveModes = { dledger: dledgerMode, controller: controllerMode } as const satisfies Record<string, LiveMode>;

/** Names of the modes in which a group can be started. */
export type LiveModeName = keyof typeof liveModes;

export const liveModeNames = Object.keys(liveModes) as readonly LiveModeName[];

export function isLiveModeName(name: string): name is LiveModeName {
  return Object.hasOwn(liveModes, name);
}

export function liveModeNamed(name: LiveModeName): LiveMode {
  return liveModes[name];
}
