import type { Fault, Schedule } from '../../fault/schedule.ts';
import type { LiveModeName } from '../../live/chaos/live-modes.ts';
import type { CutMeans } from '../../live/network/open-network.ts';

/** A drill as data: what it is done to, under which load, what is hurt, and what has to hold. All times are milliseconds. */
export interface Plan {
  readonly name: string;
  /** In one sentence. */
  readonly about: string;
  readonly target: TargetPlan;
  readonly load: LoadPlan;
  readonly steady: SteadyPlan;
  /** Played one after another. */
  readonly phases: readonly PhasePlan[];
  /** How long after the last fault the group and its clients may take to be steady again. */
  readonly recoverMs: number;
  readonly abort: AbortPlan;
  readonly expect: ExpectPlan;
  readonly repeat: number;
  /** Faults may leave fewer members than a majority. */
  readonly allowQuorumLoss: boolean;
}

/** So many members a group that a drill starts may have: what a single one holds is nowhere else, and nothing could be compared. */
export const NODES = { least: 2, most: 9 } as const;

/** What the drill is done to. */
export type TargetPlan = OwnTarget | StockTarget | RunningTarget;

/** A group that the drill starts, and that ends with it. */
export interface OwnTarget {
  readonly kind: 'ledgermq';
  /** `controller`: three brokers on the native store, and a Controller inside their name server. */
  readonly mode: LiveModeName;
  /** What cuts links: `namespaces` of the kernel need root's rights. */
  readonly cuts: CutMeans;
  readonly nodes: number;
  /** Keys for all brokers, over those of the shipped files. */
  readonly brokerKeys: Readonly<Record<string, string>>;
}

/** The same of Apache RocketMQ, from the published jars. */
export interface StockTarget {
  readonly kind: 'rocketmq';
  readonly mode: LiveModeName;
  readonly nodes: number;
  readonly version: string;
  readonly brokerKeys: Readonly<Record<string, string>>;
}

/** A group that runs already. Processes are ended and started by commands. */
export interface RunningTarget {
  readonly kind: 'running';
  /** Whose promises hold for refused sends. */
  readonly server: 'ledgermq' | 'rocketmq';
  readonly nameServer: string;
  readonly members: readonly RunningMember[];
}

/** Whose fault is made by a command, and which command ends it; a fault that needs one that is not there cannot be made. */
export interface RunningMember {
  readonly name: `n${number}`;
  /** As the name server tells it, `host:port`. */
  readonly address: string;
  /** Base address of its HTTP pages, if it has them. */
  readonly http?: string;
  readonly kill?: string;
  readonly stop?: string;
  readonly start?: string;
  readonly pause?: string;
  readonly resume?: string;
  readonly isolate?: string;
  readonly rejoin?: string;
}

/** What clients do meanwhile. */
export interface LoadPlan {
  /** Messages a second that the senders aim at together. */
  readonly rate: number;
  /** Sends that may be on their way at once. */
  readonly senders: number;
  readonly bodyBytes: number;
  readonly sendTimeoutMs: number;
}

/** What it looks like when all is well: checked before each trial, and again after it. */
export interface SteadyPlan {
  /** It has looked so for so long. */
  readonly forMs: number;
  /** Longest wait for it before a trial. */
  readonly timeoutMs: number;
  /** Share of sends that may end without success, 0 to 1. */
  readonly maxErrorShare: number;
  readonly maxP99Ms: number;
  /** Messages that were acknowledged and that no consumer has seen. */
  readonly maxLag: number;
}

/** Faults that are played together, counted from the phase's beginning. */
export interface PhasePlan {
  readonly name: string;
  /** A step for people: it is shown, and the phase begins when they say so. */
  readonly note?: string;
  readonly faults: Schedule;
  /** The next phase begins when all faults of this one are over, or when all is steady after them. */
  readonly until: 'over' | 'steady';
  /** Longest wait for that, after the faults. */
  readonly timeoutMs: number;
}

/** When the drill stops at once and rolls back. */
export interface AbortPlan {
  /** No message was acknowledged for so long. */
  readonly stallMs: number;
  /** Share of the sends of the last five seconds that failed; undefined: no limit. */
  readonly maxErrorShare?: number | undefined;
  /** p99 of the sends of the last five seconds that were acknowledged; undefined: no limit. */
  readonly maxP99Ms?: number | undefined;
  /** So many acknowledged messages wait for the consumer. */
  readonly maxLag: number;
}

/** What has to hold; a limit that is left out is only measured. */
export interface ExpectPlan {
  /** Most of the recovery time, p95 over the trials. */
  readonly rtoMs?: number | undefined;
  /** From where it is counted: the first fault, or the end of the last one. */
  readonly rtoFrom: 'fault' | 'heal';
  /** Acknowledged messages that are lost (RPO). No more than 0 can be allowed. */
  readonly lost: number;
  /** Likewise. */
  readonly orderBreaks: number;
  readonly duplicates?: number | undefined;
  /** Sends that our client gave up, in one trial. */
  readonly failedSends?: number | undefined;
  readonly longestStallMs?: number | undefined;
  readonly lagDrainMs?: number | undefined;
}

/** How long after its beginning the last fault of a phase is over. */
export function lengthOf({ faults }: Pick<PhasePlan, 'faults'>): number {
  return faults.reduce((longest, { atMs, forMs }: Fault) => Math.max(longest, atMs + forMs), 0);
}

/** What the one is called that takes the sends. */
export function headOf(target: TargetPlan): 'leader' | 'master' {
  return target.kind !== 'running' && target.mode === 'controller' ? 'master' : 'leader';
}

/** Names of the members of the group. */
export function membersOf(target: TargetPlan): readonly `n${number}`[] {
  if (target.kind === 'running') return target.members.map(({ name }) => name);
  return Array.from({ length: target.nodes }, (_, index) => `n${index}` as const);
}
