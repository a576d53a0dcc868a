import type { Fault, Target } from '../../fault/schedule.ts';
import { liveFaults } from './live-faults.ts';

/** What a name says of a fault; when it comes and how long it lasts is said elsewhere. */
export type NamedFault = Pick<Fault, 'kind'> & Partial<Pick<Fault, 'target' | 'other' | 'mode'>>;

/** The last part of OpenChaos' names of faults (its FaultGenerator), and ours that do the same; before it stands who is meant. */
const OPEN_CHAOS: Readonly<Record<string, string>> = {
  kill: 'kill',
  suspend: 'pause',
  partition: 'isolate',
  loss: 'slow-link',
  delay: 'slow-link',
  'disk-error': 'disk-error',
  'io-hang': 'slow-disk',
};
const OPEN_CHAOS_NAME = /^(minor|major|random|fixed|leader)-(.+)$/;
const RING = 'partition-majorities-ring';
const BRIDGE = 'bridge';

/** Roles by which members are named. */
const FOLLOWERS: readonly Target[] = ['follower', 'other-follower'];

/** The faults that a name means in a group of so many members, made at the same moment: one of ours, or those of a name of OpenChaos; undefined if it is neither. */
export function faultsNamed(name: string, members: number): readonly NamedFault[] | undefined {
  if (liveFaults.some((fault) => fault.name === name)) return [{ kind: name }];
  if (name === RING) return cuts(ringPairs(members));
  if (name === BRIDGE) return cuts(bridgePairs(members));
  const [, who = '', what = ''] = OPEN_CHAOS_NAME.exec(name) ?? [];
  const kind = OPEN_CHAOS[what];
  return kind === undefined ? undefined : whoIsMeant(who, members).map((target) => ({ kind, ...target }));
}

/** A minority of the members, a majority with the leader in it, one whom the draw or the plan says, always the same one, or the leader. */
function whoIsMeant(who: string, members: number): readonly { readonly target?: Target }[] {
  const minority = Math.max(1, Math.floor((members - 1) / 2));
  switch (who) {
    case 'minor':
      return FOLLOWERS.slice(0, minority).map((target) => ({ target }));
    case 'major':
      return [{ target: 'leader' }, ...FOLLOWERS.slice(0, minority).map((target) => ({ target }))];
    case 'fixed':
      return [{ target: 'n0' }];
    case 'leader':
      return [{ target: 'leader' }];
    default:
      return [{}];
  }
}

type Pair = readonly [number, number];

function cuts(pairs: readonly Pair[]): NamedFault[] {
  return pairs.map(([from, to]) => ({ kind: 'cut', target: `n${from}`, other: `n${to}`, mode: 'both' }));
}

/** Every member sees a majority, and no two the same one: links to those on the far side of a ring are cut, in three the only ones that can be. */
function ringPairs(members: number): Pair[] {
  if (members < 5) return [[0, 1]];
  const far = Math.floor(members / 2);
  const pairs = Array.from({ length: members }, (_, from): Pair => [from, (from + far) % members]);
  return pairs.map(([from, to]): Pair => [Math.min(from, to), Math.max(from, to)]);
}

/** Two halves that see each other through one member in the middle alone. */
function bridgePairs(members: number): Pair[] {
  const middle = Math.floor(members / 2);
  const all = Array.from({ length: members }, (_, at) => at);
  const [left, right] = [all.filter((at) => at < middle), all.filter((at) => at > middle)];
  return left.flatMap((from) => right.map((to): Pair => [from, to]));
}

/** What `--list-faults` says of these names. */
export function describeNames(): [name: string, meaning: string][] {
  const parts = Object.entries(OPEN_CHAOS).map(([name, ours]): [string, string] => [`WHO-${name}`, ours]);
  return [
    ...parts,
    ['minor-...', 'of followers that are a minority'],
    ['major-...', 'of the leader and followers that are a majority with it'],
    ['leader-..., fixed-...', 'of the leader, of n0'],
    ['random-...', 'of whom the draw says; in a plan of its target'],
    [RING, 'cuts after which each member sees a majority, and no two the same one'],
    [BRIDGE, 'cuts after which two halves see each other through one member alone'],
  ];
}
