import type { PortError } from '../../raft/index.ts';
import { LogRepair } from '../raft-storage/log-repair.ts';
import { RepairPort } from '../raft-storage/repair-port.ts';
import { LeaderHealth } from './leader-health.ts';
import { LogScrub, type ScrubStatus } from './log-scrub.ts';
import type { MemberGroup } from './member-group.ts';
import type { Member } from './open-member.ts';

export interface LogCareStatus {
  /** Places of the log that cannot be read now, and entries that were repaired since the start. */
  readonly damagedPlaces: number;
  readonly repairedEntries: number;
  readonly scrub: ScrubStatus;
}

/** Keeps a member's log readable, and leadership with members whose disks are well. */
export class LogCare {
  readonly #member: Member;
  readonly #repair: LogRepair;
  readonly #scrub: LogScrub;
  readonly #health: LeaderHealth;

  /** `limit`: end of the newest snapshot. */
  constructor(
    member: Member,
    { replica, peerPort }: MemberGroup,
    limit: () => number,
    onFatal: (error: PortError) => void,
  ) {
    const { platform, config, storage } = member;
    const { timers, clock, logger } = platform;
    const { log } = storage;
    const { transport } = peerPort;
    const port = new RepairPort(transport, log, () => replica.term);
    this.#member = member;
    this.#repair = new LogRepair({
      log,
      timers,
      logger,
      peers: () => transport.connectedPeers(),
      ask: (peer, request) => port.ask(peer, request),
      bytesPerSecond: config.repairBytesPerSecond,
      onChange: () => replica.logChanged(),
      onFatal,
    });
    port.connect(this.#repair);
    this.#scrub = new LogScrub({
      log,
      clock,
      timers,
      logger,
      bytesPerSecond: config.scrubBytesPerSecond,
      intervalMs: config.scrubIntervalMs,
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
    const damagedPlaces = this.#member.storage.log.gaps.all.length;
    return { damagedPlaces, repairedEntries: this.#repair.repaired, scrub: this.#scrub.status };
  }
}
