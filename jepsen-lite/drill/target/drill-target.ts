import type { Programs } from '../../../cluster/launch/node-settings.ts';
import type { Platform } from '../../../src/platform/ports.ts';
import type { Server } from '../../checker/rocketmq-outcome.ts';
import type { Verdict } from '../../checker/verdict.ts';
import type { Schedule } from '../../fault/schedule.ts';
import type { LiveJudge } from '../../live/chaos/client-judge.ts';
import type { Hit, StrikeGuard } from '../../live/chaos/fault-player.ts';
import type { LiveClients } from '../../live/chaos/live-clients.ts';
import type { ActiveFault } from '../../live/chaos/look.ts';
import type { SelfEnded } from '../../live/chaos/self-ends.ts';
import type { Watchdog } from '../../live/watchdog/watchdog.ts';
import type { Broker } from './broker-keys.ts';

/** What every target is made with. */
export interface TargetOptions {
  /** Folder of the run. */
  readonly directory: string;
  readonly programs: Programs;
  /** Environment by which the watchdog knows the processes of the run. */
  readonly mark: string;
  readonly watchdog: Watchdog;
  /** Faults of the plan fill disks. */
  readonly fillsDisks: boolean;
  /** What the run itself stands on. */
  readonly real: Platform;
  readonly judge: LiveJudge;
  readonly signal: AbortSignal;
  readonly journal: (line: string) => void;
  /** `performance.now()` of the run's beginning. */
  readonly startedMs: number;
}

/** How the target is now. */
export interface TargetLook {
  readonly leader: string | undefined;
  /** 0: not known. */
  readonly term: number;
  /** Why it is not whole, in words; undefined if it is. */
  readonly problem: string | undefined;
}

/** A change of role, term or leader that a member told of itself. */
export interface RoleSighting {
  /** On the clock of the run. */
  readonly atMs: number;
  readonly member: string;
  readonly role: string;
  readonly term: number;
  readonly leader: string | undefined;
}

/** A fault that was made, on the clock of the run. */
export interface MadeFault {
  readonly kind: string;
  /** Whom it meant. */
  readonly members: readonly string[];
  /** Whom it struck so far, and when. */
  readonly hits: readonly Hit[];
  readonly startMs: number;
  readonly endMs: number;
}

/** A time in which a fault was being made, on the clock of the run: it may have struck at any moment of it. */
export interface MadeStrike {
  readonly startMs: number;
  readonly endMs: number;
}

/** Makes the faults of a drill. */
export interface FaultMaker {
  /** Lets faults happen, counted from now, unless the guard refuses one when it would strike. */
  play(faults: Schedule, guard?: StrikeGuard): void;
  /** Why the guard refused the first. */
  readonly refused: string | undefined;
  /** Faults made so far, oldest first. */
  readonly made: readonly MadeFault[];
  /** When they were being made, oldest first: a fault may strike several times, and later than it began. */
  readonly strikes: readonly MadeStrike[];
  /** Those that are on now. */
  readonly active: readonly ActiveFault[];
  /** When something that a fault had ended or halted was last started or let go on, on the clock of the run; 0 without one. */
  readonly lastStartMs: number;
}

/** A group as a drill sees it: what clients connect to, what can be hurt, and how it is. */
export interface DrillTarget {
  /** In words, for reports. */
  readonly description: string;
  /** Whose promises hold. */
  readonly server: Server;
  readonly nameServer: string;
  /** Its members, as clients dial them. */
  readonly brokers: readonly Broker[];
  /** What clients stand on: their connections pass links that can be hurt. */
  readonly platform: Platform;
  /** Lets faults happen, and knows which did. */
  readonly faults: FaultMaker;
  /** A command of the plan failed: what is measured then says nothing, and the drill ends. */
  readonly failure?: Error | undefined;
  /** Faults and commands of the plan that had no effect, or hit others too, in words, oldest first: their trials say nothing. */
  readonly misses?: readonly string[];
  /** Members that ended by themselves, oldest first; only a group that the drill starts tells. */
  readonly selfEnds?: readonly SelfEnded[];
  /** Versions of its programs, by name, where they are not the drill's own. */
  versions?(): Promise<Readonly<Record<string, string>>>;
  look(): Promise<TargetLook>;
  /** Members that are not whole, as far as is known now: down, halted, or not back yet. */
  away(): readonly string[];
  /** What members told of their roles since their starts; empty where none can be asked. */
  roles(): Promise<readonly RoleSighting[]>;
  /** Ends all faults at once. */
  rollBack(): Promise<void>;
  /** Load is over: reads everything back and compares what can be compared. Ends the target's processes where they are the drill's. */
  judge(clients: LiveClients, phase: (text: string) => void): Promise<Verdict[]>;
  close(): Promise<void>;
}
