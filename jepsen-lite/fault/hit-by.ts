import type { FaultWorld } from './fault-world.ts';
import type { Fault } from './schedule.ts';
import { targetsOf } from './targets.ts';

/** Kinds that hit their target and nobody else, from their beginning on. */
const TARGETED: ReadonlySet<string> = new Set([
  ...['kill', 'stop', 'pause', 'power', 'wipe', 'left-behind', 'set-back', 'lose-derived', 'rot'],
  ...['isolate', 'cut', 'deaf', 'hide', 'slow-link', 'split', 'cut-off', 'unheard'],
  ...['slow-disk', 'disk-error', 'clock-jump', 'clock-drift'],
]);

/** Whether faults of this kind hit their target and nobody else. */
export function hitsTargetAlone(kind: string): boolean {
  return TARGETED.has(kind);
}

/**
 * Whom a fault is about to hit, by name: all others stay whole and see one another, and so do all but one end of a link that is cut. Undefined where it may hit anybody, or asks the cluster as a
 * whole for something (a transfer of leadership, a change of members).
 */
export function hitBy(cluster: Pick<FaultWorld, 'nodes' | 'leader'>, { kind, target }: Fault): string[] | undefined {
  if (!hitsTargetAlone(kind)) return undefined;
  const hit = targetsOf(cluster, target);
  // A split takes so many companions to the smaller part.
  const companions = kind === 'split' ? Math.floor((cluster.nodes.length - 1) / 2) - 1 : 0;
  const others = cluster.nodes.filter((node) => !hit.includes(node)).slice(0, companions);
  return [...hit, ...others].map(({ name }) => name);
}
