import type { History } from '../checker/history.ts';
import type { ReplicaEvent, ReplicaState } from '../checker/replica-state.ts';
import type { FaultWorld, Server } from '../fault/fault-world.ts';
import type { Fault } from '../fault/schedule.ts';
import type { Violation } from '../invariant/invariant.ts';
import type { MetadataKept } from '../invariant/metadata-kept.ts';
import type { ClientJudge } from '../workload/workload.ts';
import type { SimWorld } from './sim-world.ts';

/** Holds the promises of a mode against everything that happens. */
export interface SceneJudge extends ClientJudge {
  readonly violation: Violation | undefined;
  /** What is known to be committed. */
  readonly ledger: ClientJudge['ledger'] & {
    readonly lastIndex: number;
    /** When retention removed a message of a queue (`topic/queue`) from the first member, ns; undefined if it never did. */
    removedNs(key: string, queueOffset: number): number | undefined;
  };
  /** Faults are over, and the cluster had its time. */
  healed(): void;
  /** Acknowledged messages that are gone, where the configuration allows that. */
  readonly lost?: number;
  /** Changes of topics, groups or offsets may be gone, too: what was answered of them is not judged. */
  readonly losesChanges?: boolean;
  /** Elections so far that may have lost something. */
  readonly uncleanElections?: number;
  /** Whether another message stood at this place of a queue (`topic/queue`) and was given up: who had come further does not come back for the one that stands there now. */
  isPassedOver?(key: string, queueOffset: number): boolean;
  /** What clients were told, as far as it is promised by this configuration; all of it, if this is left out. */
  promised?(history: History): History;
}

/** Longest times after the faults ended, in ms (README.md). */
export interface SceneLimits {
  /** Until somebody serves. */
  readonly serveMs: number;
  /** The same after a slow disk or a blackout. */
  readonly serveLateMs: number;
  /** Until all have the same, once clients have ended. */
  readonly convergeMs: number;
  /** Longest time without a success while nothing is wrong, once the cluster has healed. */
  readonly calmMs: number;
  /** Servers without which the cluster has to serve within these times from the beginning of a fault on. */
  readonly mostHit: number;
}

/** A leader that is about to be told to stop. */
export interface ReignEnd {
  readonly leader: Server;
  /** Its process has just ended: holds `hands-over` against who leads now. */
  gone(): void;
}

/** A cluster of one mode in a world, as a run plays with it. */
export interface Scene extends FaultWorld {
  readonly judge: SceneJudge;
  readonly limits: SceneLimits;
  start(): void;
  /** Lets a fault happen now; false where nobody is there to be hit. */
  hit(fault: Fault): boolean;
  /** Faults are over: everybody gets what is needed to go on. */
  heal(): void;
  /** Whether somebody serves. */
  serves(): boolean;
  /** Whether somebody serves whom clients reach: who is hidden from all of them has nothing to do. */
  servesClients(): boolean;
  /** Whether all run, and have the same and all there is. */
  converged(): boolean;
  /** Whether all messages whose time has come are delivered. */
  isDelivered(): boolean;
  /** Asked when all have come together; what comes back tells, when they have been stopped, what every broker has in its files of what was committed then, and what happened on them. */
  replicas(): () => { readonly states: readonly ReplicaState[]; readonly events: readonly ReplicaEvent[] };
  /** Asked when nothing disturbs the cluster, just before who leads is told to stop; undefined where nobody leads. Left out where who stops hands nothing over: the controllers elect another master. */
  endsReign?(): ReignEnd | undefined;
  /** Whether something that rotted is not repaired yet. */
  isRotten(): boolean;
  /** Names of servers that are not whole now: nothing can rest on them; undefined: that cannot be told for now. */
  unwell(): readonly string[] | undefined;
  /** In one word, how the cluster is: for the table of what was hit when. */
  state(): string;
  /** One line on each server. */
  describe(): string;
  note(server: string, what: string, a?: number, b?: number): void;
}

export interface SceneOptions {
  readonly world: SimWorld;
  readonly seed: number;
  readonly nodes: number;
  /** Hears what clients were answered of topics and offsets. */
  readonly metadata: MetadataKept;
  /** Hears of what is worth a line of the trace. */
  readonly note: (server: string, what: string, a: number, b: number) => void;
}
