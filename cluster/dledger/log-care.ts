import type { MembersAt, PortError, Replica } from '../../raft/index.ts';
import type { Platform } from '../../src/platform/ports.ts';
import type { DurableLog } from '../raft-storage/durable-log.ts';
import { LogRepair } from '../raft-storage/log-repair.ts';
import { RepairPort } from '../raft-storage/repair-port.ts';
import type { PeerTransport } from '../raft-storage/transport.ts';
import { LeaderHealth } from './leader-health.ts';
import { LogScrub, type ScrubStatus } from './log-scrub.ts';

export interface LogCareStatus {
  /** Places of the log that cannot be read now, and entries that were repaired since the start. */
  readonly damagedPlaces: number;
  readonly repairedEntries: number;
  readonly scrub: ScrubStatus;
}

/** How fast old entries are checked and damaged ones fetched, in bytes a second; and how often a check begins. */
export interface CareRates {
  readonly scrubBytesPerSecond: number;
  readonly scrubIntervalMs: number;
  readonly repairBytesPerSecond: number;
}

export interface LogCareOptions {
  readonly platform: Platform;
  readonly log: DurableLog;
  readonly replica: Replica;
  readonly transport: PeerTransport;
  readonly rates: CareRates;
  /** End of the newest snapshot. */
  readonly limit: () => number;
  /** The sets of members that entries behind the applied ones bring, read anew when all of these can be read. */
  readonly membersInLog?: () => readonly MembersAt[];
  /** A peer cannot read entries that retention has taken here. */
  readonly onTooOld?: (peer: string) => void;
  readonly onFatal: (error: PortError) => void;
}

/** Keeps a member's log readable, and leadership with members whose disks are well. */
export class LogCare {
  readonly #log: DurableLog;
  readonly #repair: LogRepair;
  readonly #scrub: LogScrub;
  readonly #health: LeaderHealth;

  constructor({ platform, log, replica, transport, rates, limit, membersInLog, onTooOld, onFatal }: LogCareOptions) {
    const { timers, clock, logger } = platform;
    const port = new RepairPort(
      transport,
      log,
      () => replica.term,
      (peer) => onTooOld?.(peer),
    );
    const holdsBack = (): boolean => log.damage === 'fill-first' || log.damage === 'unapplied';
    let heldBack = holdsBack();
    this.#log = log;
    this.#repair = new LogRepair({
      log,
      timers,
      logger,
      peers: () => transport.connectedPeers(),
      ask: (peer, request) => port.ask(peer, request),
      bytesPerSecond: rates.repairBytesPerSecond,
      onChange: () => {
        const isFilled = heldBack && !holdsBack();
        heldBack = holdsBack();
        replica.logChanged(isFilled ? membersInLog : undefined);
      },
      onFatal,
    });
    port.connect(this.#repair);
    this.#scrub = new LogScrub({
      log,
      clock,
      timers,
      logger,
      bytesPerSecond: rates.scrubBytesPerSecond,
      intervalMs: rates.scrubIntervalMs,
      limit,
      onDamage: (position) => this.#repair.note(position),
    });
    const transfer = (to: string): void =>
      replica.transferLeadership(to, ({ ok, reason }) => {
        if (!ok) logger.warn('Leadership was not handed over', { to, reason });
      });
    this.#health = new LeaderHealth({ clock, timers, logger, status: () => replica.status(), transfer });
  }

  start(): void {
    this.#repair.start();
    this.#scrub.start();
    this.#health.start();
  }

  stop(): void {
    this.#health.stop();
    this.#scrub.stop();
    this.#repair.stop();
  }

  get status(): LogCareStatus {
    const damagedPlaces = this.#log.gaps.all.length;
    return { damagedPlaces, repairedEntries: this.#repair.repaired, scrub: this.#scrub.status };
  }
}
