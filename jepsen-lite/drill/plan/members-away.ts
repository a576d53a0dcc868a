import type { Fault } from '../../fault/schedule.ts';
import { endingKinds } from './ending-kinds.ts';
import { lengthOf, membersOf, type PhasePlan, type Plan, type TargetPlan } from './plan.ts';

/** After an error of its disk a member ends by itself. */
const ENDING = [...endingKinds, 'disk-error'];

/** Kinds that take the members that they hit out of the group while they last. */
const DISABLING = [...ENDING, 'pause', 'isolate', 'deaf', 'disk-full'];

/** Where the keys of the plan say no other. */
const ELECTION_TIMEOUT_MS = 750;

/** A process that was started again is held to be away for so long still. What takes longer is seen when the next fault strikes (run/quorum-guard.ts). */
const COMES_BACK_MS = 2_000;

/** A disk fails within so long after a disk-error, whatever its duration says, and its member ends (live/chaos/platform-faults.ts). */
const DISK_FAILS_WITHIN_MS = 800;

/** The largest number of members that faults may take away at the same time, in the worst case: they are down, halted or cut off, or reach no majority. */
export function mostAway({ phases, target }: Plan): number {
  return Math.max(0, ...stretchesOf(phases).map((faults) => awayIn(faults, target)));
}

/** Whether this fault, or one of its kind beside it, may leave members without a majority. */
export function takesAway(fault: Pick<Fault, 'kind' | 'amount'>, target: TargetPlan): boolean {
  return fault.kind === 'cut' || isDisabling(fault, target);
}

/** Too slow is away: answers that take half the election timeout each way, and an fsync that takes all of it. */
function isDisabling({ kind, amount = 0 }: Pick<Fault, 'kind' | 'amount'>, target: TargetPlan): boolean {
  if (kind === 'slow-link') return amount >= electionTimeoutMs(target) / 2;
  return kind === 'slow-disk' ? amount >= electionTimeoutMs(target) : DISABLING.includes(kind);
}

function electionTimeoutMs(target: TargetPlan): number {
  const text = target.kind === 'running' ? undefined : target.brokerKeys['electionTimeoutMs'];
  return text === undefined ? ELECTION_TIMEOUT_MS : Number(text);
}

/** Faults whose effects may meet: a phase that waits until all is well again ends a stretch. */
function stretchesOf(phases: readonly PhasePlan[]): Fault[][] {
  const stretches: Fault[][] = [[]];
  let beganMs = 0;
  for (const phase of phases) {
    stretches.at(-1)?.push(...phase.faults.map((fault) => ({ ...fault, atMs: beganMs + fault.atMs })));
    beganMs += lengthOf(phase);
    if (phase.until === 'steady') stretches.push([]);
  }
  return stretches;
}

function awayIn(faults: readonly Fault[], target: TargetPlan): number {
  const counts = faults.map(({ atMs }) => awayUnder(faults.filter(isOnAt(atMs)), target));
  return Math.max(0, ...counts);
}

function isOnAt(nowMs: number): (fault: Fault) => boolean {
  return ({ kind, atMs, forMs }) => {
    const hurtMs = kind === 'disk-error' ? Math.max(forMs, DISK_FAILS_WITHIN_MS) : forMs;
    const lastsMs = hurtMs + (ENDING.includes(kind) ? COMES_BACK_MS : 0);
    return atMs <= nowMs && atMs + lastsMs >= nowMs;
  };
}

function awayUnder(faults: readonly Fault[], group: TargetPlan): number {
  const members = membersOf(group).length;
  const sizeOf = ({ kind, target, forMs }: Fault): number => {
    // One after another, the next perhaps before the one before is back.
    if (kind === 'rolling') return Math.min(members, Math.max(1, Math.ceil((COMES_BACK_MS * members) / forMs)));
    return target === 'all' ? members : 1;
  };
  const disabling = faults.filter((fault) => isDisabling(fault, group));
  const disabled = disabling.reduce((sum, each) => sum + sizeOf(each), 0);
  const left = members - disabled;
  // Whoever has lost so many links of those that are left reaches no majority.
  const fatalLinks = left - Math.floor(members / 2);
  if (fatalLinks <= 0) return Math.min(members, disabled);
  const cuts = faults.filter(({ kind }) => kind === 'cut');
  return disabled + Math.min(left, lonely(cuts, fatalLinks));
}

/** How many members may lose so many links or more by these cuts. */
function lonely(cuts: readonly Fault[], links: number): number {
  const pairs = cuts.map(({ target, other = 'follower' }) => [target, other].sort());
  const isNamed = pairs.every((pair) => pair.every((name) => /^n\d$/.test(name)));
  if (!isNamed) return mostLonely(cuts.length, links);
  const distinct = [...new Set(pairs.map((pair) => pair.join(' ')))].map((pair) => pair.split(' '));
  const lost = (name: string): number => distinct.filter((pair) => pair.includes(name)).length;
  return [...new Set(pairs.flat())].filter((name) => lost(name) >= links).length;
}

/** The same where roles say whom cuts mean, so that they may fall in the worst way. */
function mostLonely(cuts: number, links: number): number {
  let count = 0;
  while (cuts >= cutsFor(count + 1, links)) count++;
  return count;
}

/** The fewest cuts by which so many members lose so many links each: a cut between two of them counts for both. */
function cutsFor(count: number, links: number): number {
  const lost = count * links;
  return Math.max(Math.ceil(lost / 2), lost - (count * (count - 1)) / 2);
}
