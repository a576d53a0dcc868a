import type { StateSection } from '../../src/broker/state/snapshot-sections.ts';
import type { Clock, Logger, Socket, Timer, Timers } from '../../src/platform/ports.ts';
import type { WriteRefusal } from '../../src/store/replicator.ts';
import type { ConfirmRule } from './confirm-rules.ts';
import type { Confirmation, HaLog, LogRole } from './ha-log.ts';
import type { EpochEntry } from './replica-roles.ts';
import { SlaveLink } from './slave-link.ts';
import { StockSlaveLink } from './stock-slave-link.ts';
import type { Hello } from './wire.ts';

/** Who this broker is among those that replicate the same log. */
export interface ReplicaIdentity {
  readonly cluster: string;
  readonly brokerName: string;
  readonly brokerId: number;
  /** `ip:port` for clients. */
  readonly address: string;
  /** Length of the log's files: records lie at the same places only where it is the same. */
  readonly fileBytes: number;
}

/** RocketMQ's keys in brackets. */
export interface HaLimits {
  /** Time between two signs of life [haSendHeartbeatInterval]. */
  readonly beatMs: number;
  /** A connection over which nothing came for so long is closed [haHousekeepingInterval]. */
  readonly silenceMs: number;
  /** A slave's time limit is looked at so often. */
  readonly lookMs: number;
  /** Bytes that a stock slave gets at once [haTransferBatchSize]. */
  readonly stockBatchBytes: number;
}

export interface MasterRoleOptions {
  readonly log: HaLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly identity: ReplicaIdentity;
  readonly limits: HaLimits;
  /** 0 without a Controller. */
  readonly epoch: number;
  readonly epochs: () => readonly EpochEntry[];
  /** Identity of the set; undefined without a Controller. */
  readonly setId?: string | undefined;
  readonly rule: ConfirmRule;
  /** Why nothing may be appended now, although this broker is the master. */
  readonly refusal: () => WriteRefusal | undefined;
  /** All of the state as of now, for a slave whose log begins behind what was deleted. */
  readonly stateForBeginner: () => readonly StateSection[];
  /** Slaves show only what is confirmed: they are told at once when that moves. */
  readonly tellsConfirmed: boolean;
  readonly events?: MasterEvents;
}

/** What happens to a master's slaves, for what stands on top of the log's replication. */
export interface MasterEvents {
  joined?(link: SlaveLink): void;
  acknowledged?(link: SlaveLink): void;
  left?(link: SlaveLink): void;
  /** The slave was sent everything that there is. */
  upToDate?(link: SlaveLink): void;
}

/** This broker is the master: sends its log to every slave that comes, and confirms by what they acknowledge. */
export class MasterRole implements LogRole {
  readonly log: HaLog;
  readonly epoch: number;
  /** Counts questions whether the slaves still follow. */
  round = 0;
  readonly #options: MasterRoleOptions;
  readonly #links = new Set<SlaveLink>();
  readonly #stockLinks = new Set<StockSlaveLink>();
  readonly #timers: Timer[] = [];
  #settleScheduled = false;
  #ended = false;
  readonly #settle = (): void => {
    this.#settleScheduled = false;
    if (this.#ended) return;
    this.log.settle();
    if (this.#options.tellsConfirmed) for (const link of this.#links) link.tellConfirmed();
  };

  constructor(options: MasterRoleOptions) {
    const { log, timers, limits } = options;
    this.#options = options;
    this.log = log;
    this.epoch = options.epoch;
    this.#timers.push(
      timers.every(limits.beatMs, () => this.#beat()),
      timers.every(limits.lookMs, () => this.settleSoon()),
    );
  }

  get epochs(): readonly EpochEntry[] {
    return this.#options.epochs();
  }

  get setId(): string | undefined {
    return this.#options.setId;
  }

  stateForBeginner(): readonly StateSection[] {
    return this.#options.stateForBeginner();
  }

  /** Slaves that are being sent the log. */
  get links(): readonly SlaveLink[] {
    return [...this.#links].filter(({ streaming }) => streaming);
  }

  /** All that are sent the log, stock slaves too. */
  get followers(): readonly { readonly brokerId: number; readonly address: string; readonly ackPosition: number }[] {
    return [...this.links, ...this.#stockLinks];
  }

  // --- the log's questions -----------------------------------------------------------------------------------------

  refusal(): WriteRefusal | undefined {
    return this.#options.refusal();
  }

  confirm(stored: number): Confirmation {
    const nowMs = this.#options.clock.monotonicMs();
    const acks = this.followers.map(({ brokerId, ackPosition }) => {
      return { brokerId, position: ackPosition };
    });
    return this.#options.rule({ stored, endPosition: this.log.endPosition, nowMs, acks });
  }

  appended(): void {
    for (const link of this.#links) link.pump();
  }

  stored(): void {
    for (const link of this.#stockLinks) link.pump();
    if (this.#options.tellsConfirmed) this.settleSoon();
  }

  /** What the rule decides by has changed. */
  settleSoon(): void {
    if (this.#settleScheduled || this.#ended) return;
    this.#settleScheduled = true;
    this.#options.timers.endOfTurn(this.#settle);
  }

  // --- slaves ------------------------------------------------------------------------------------------------------

  /** A slave of ours connected and sent its magic; `rest` is what came behind it. */
  accept(socket: Socket, rest: Buffer): void {
    const { clock, logger } = this.#options;
    const link = new SlaveLink(this, socket, clock, logger);
    this.#links.add(link);
    if (rest.length > 0) link.data(rest);
  }

  /** A stock slave connected; `first` holds its first position. */
  acceptStock(socket: Socket, first: Buffer): void {
    const { clock, logger, limits } = this.#options;
    const link = new StockSlaveLink(this, socket, clock, logger, limits.stockBatchBytes);
    this.#stockLinks.add(link);
    link.data(first);
  }

  /** Why this slave may not follow. An older connection of the same slave gives way. */
  admit(hello: Hello, link: SlaveLink): string | undefined {
    const problem = helloProblem(hello, this.#options.identity, this.epoch);
    if (problem !== undefined) return problem;
    for (const other of this.#links) {
      if (other === link || other.brokerId !== hello.brokerId) continue;
      if (other.address !== hello.address) {
        return `brokerId=${hello.brokerId}: ${other.address} follows this master under the same id; give ${hello.address} another brokerId`;
      }
      other.drop('the same slave connected anew');
    }
    return undefined;
  }

  joined(link: SlaveLink): void {
    this.#options.events?.joined?.(link);
    this.settleSoon();
  }

  acknowledged(link: SlaveLink): void {
    this.#options.events?.acknowledged?.(link);
    this.settleSoon();
  }

  upToDate(link: SlaveLink): void {
    this.#options.events?.upToDate?.(link);
  }

  left(link: SlaveLink): void {
    if (!this.#links.delete(link) || this.#ended) return;
    this.#options.events?.left?.(link);
    this.settleSoon();
  }

  stockAcknowledged(): void {
    this.settleSoon();
  }

  stockLeft(link: StockSlaveLink): void {
    this.#stockLinks.delete(link);
    this.settleSoon();
  }

  /** Asks all slaves for a sign that they still follow; each echoes the number that this gives. */
  askRound(): number {
    this.round++;
    for (const link of this.#links) link.beat();
    return this.round;
  }

  #beat(): void {
    const { silenceMs } = this.#options.limits;
    for (const link of this.#links) {
      link.closeIfSilent(silenceMs);
      link.beat();
    }
    for (const link of this.#stockLinks) {
      link.closeIfSilent(silenceMs);
      link.beat();
    }
  }

  /** This broker is no master any more. */
  end(reason: string): void {
    this.#ended = true;
    for (const timer of this.#timers) this.#options.timers.cancel(timer);
    for (const link of [...this.#links]) link.drop(reason);
    for (const link of [...this.#stockLinks]) link.drop(reason);
  }
}

/** What does not fit between a slave and this master, with the remedy. */
function helloProblem(hello: Hello, self: ReplicaIdentity, epoch: number): string | undefined {
  const { cluster, brokerName, brokerId, fileBytes, masterEpoch } = hello;
  if (cluster !== self.cluster || brokerName !== self.brokerName) {
    return `this is the master of ${self.cluster}/${self.brokerName}, but the slave belongs to ${cluster}/${brokerName}; correct brokerClusterName, brokerName or haMasterAddress`;
  }
  // Before the ids: those of Controller mode are other numbers than a plain slave's.
  if (masterEpoch === 0 && epoch > 0)
    return 'a Controller elected this master, but the slave runs without one; give the slave the keys of conf/controller (enableControllerMode=true) and an empty storePathRootDir, or correct haMasterAddress';
  if (brokerId === self.brokerId) return `brokerId=${brokerId} is the master's own; give the slave another one`;
  if (fileBytes !== self.fileBytes) {
    return `mappedFileSizeCommitLog=${fileBytes}, but the master has ${self.fileBytes}; set the same, and start with an empty storePathRootDir`;
  }
  if (masterEpoch > epoch) return `the slave knows a master of epoch ${masterEpoch}, this one is of epoch ${epoch}`;
  return undefined;
}
