import { type PortError, type ReplicaStatus, replicaDefaults } from '../../raft/index.ts';
import { type Broker, createBroker } from '../../src/broker/broker.ts';
import type { BrokerConfig } from '../../src/broker/config/broker-config.ts';
import { retentionSettings } from '../../src/broker/store-settings.ts';
import type { LogCleaner } from '../../src/log/log-cleaner.ts';
import { PeriodicSync } from '../../src/log/periodic-sync.ts';
import type { Platform, Timer } from '../../src/platform/ports.ts';
import { MarkSynced } from '../raft-storage/mark-synced.ts';
import { answerGroupRequests } from './group-requests.ts';
import { LagWatch } from './lag-watch.ts';
import { LogCare, type LogCareStatus } from './log-care.ts';
import { createLogRetention } from './log-retention.ts';
import { type MemberData, openMemberWithData } from './member-data.ts';
import { closeMember, closeToBeginAnew, ended } from './member-end.ts';
import { joinGroup, type MemberGroup } from './member-group.ts';
import { MemberLife } from './member-life.ts';
import { setsInLog } from './member-sets.ts';
import type { MemberTuning } from './member-tuning.ts';
import type { Member } from './open-member.ts';
import { PreferredLeader } from './preferred-leader.ts';
import type { ElectionCounts, RoleRecord } from './role-history.ts';
import { memberSnapshots } from './snapshot-content.ts';
import { exchangeSnapshots, type SnapshotExchange } from './snapshot-exchange.ts';
import { Snapshotter } from './snapshotter.ts';

export interface DledgerStatus extends ReplicaStatus {
  readonly groupName: string;
  /** '' until the group's first entry is committed here. */
  readonly groupId: string;
  /** Number of this start of the member. */
  readonly incarnation: number;
  readonly snapshotIndex: number;
  readonly pendingForwards: number;
  readonly logCare: LogCareStatus;
  readonly elections: ElectionCounts;
  readonly roleHistory: readonly RoleRecord[];
}

/** What a member is made of. */
export interface MemberParts {
  readonly member: Member;
  readonly data: MemberData;
  readonly group: MemberGroup;
  readonly snapshots: Snapshotter;
}

/** A member of a DLedger group: a broker whose CommitLog is the Raft log. */
export class DledgerBroker {
  readonly broker: Broker;
  readonly #member: Member;
  readonly #data: MemberData;
  readonly #group: MemberGroup;
  readonly #snapshotter: Snapshotter;
  readonly #exchange: SnapshotExchange;
  readonly #retention: LogCleaner;
  readonly #sync: PeriodicSync;
  readonly #marks: MarkSynced;
  readonly #lag: LagWatch;
  readonly #preferred: PreferredLeader;
  readonly #life: MemberLife;
  readonly #care: LogCare;
  #ticks: Timer | undefined;

  /**
   * Opens the member's directory; nothing is sent before `start`. `onFatal` is told when this node can no longer take part: the process has to stop at
   * once. `onRenew`: a leader sent what this member's log is to begin anew with; it has left, and another DledgerBroker has to take its place
   * (DledgerMember does). Throws MemberRefused, or the disk's error.
   */
  constructor(
    platform: Platform,
    config: BrokerConfig,
    onFatal: (error: PortError) => void,
    onRenew: () => void,
    tuning: MemberTuning = {},
  ) {
    const fail = (error: PortError): void => this.#life.fail(error);
    const { member, data } = openMemberWithData(platform, config, ({ storage: { hardState } }, { groupId }) => {
      if (hardState.record.groupId === groupId) return;
      hardState.saveGroupId(groupId, (error) => error !== undefined && fail(error));
    });
    const { log } = member.storage;
    const group = joinGroup(member, data, fail, tuning);
    const { store, state, journal } = data;
    this.#member = member;
    this.#life = new MemberLife({
      platform,
      storage: member.storage,
      replica: () => group.replica,
      snapshotter: () => this.#snapshotter,
      leave: (toBeginAnew) => this.#leave(toBeginAnew),
      onFatal,
      onRenew,
    });
    this.#data = data;
    this.#group = group;
    this.broker = createBroker({ platform, config, store, state, journal, mastership: group.mastership });
    answerGroupRequests(this.broker.dispatcher, member, data, group);
    const onTaken = (): void => this.#snapshotTaken();
    this.#snapshotter = new Snapshotter(member, memberSnapshots(member, data), onTaken, fail, tuning.snapshotDueMs);
    this.#exchange = exchangeSnapshots(member, data, group, this.#snapshotter, (bytes, index) =>
      this.#life.renew(bytes, index),
    );
    this.#retention = createLogRetention(platform, retentionSettings(config), log, store, {
      safePosition: () => Math.min(this.#snapshotter.position, data.log.confirmedPosition),
      keepFrom: () => this.#exchange.sender.keepFrom(),
    });
    this.#sync = new PeriodicSync(log.segments, platform.timers, config.flushIntervalCommitLog, fail);
    const commitIndex = (): number => group.replica.commitIndex;
    this.#marks = new MarkSynced(member.storage, platform.timers, commitIndex, fail);
    this.#care = new LogCare({
      platform,
      log,
      replica: group.replica,
      transport: group.peerPort.transport,
      rates: config,
      limit: () => this.#snapshotter.position,
      onTooOld: (peer) => this.#exchange.sender.wanted(peer),
      membersInLog: () => data.members.reread(setsInLog(log, data.log.appliedIndex + 1)),
      onFatal: fail,
    });
    this.#lag = new LagWatch(platform.timers, platform.logger, () => group.replica.status());
    this.#preferred = preferredLeader(member, group);
  }

  #snapshotTaken(): void {
    this.#member.storage.received.forget();
    this.#retention.run();
  }

  /** Opens the ports and joins the group; it serves when a leader is elected. Rejects with a sentence. */
  async start(): Promise<void> {
    const { platform } = this.#member;
    const { replica, peerPort } = this.#group;
    this.#data.store.start();
    this.#data.space.start();
    await peerPort.listen();
    await this.broker.start();
    replica.start();
    peerPort.start();
    this.#snapshotter.start();
    this.#retention.start();
    this.#sync.start();
    this.#marks.start();
    this.#lag.start();
    this.#exchange.sender.start();
    this.#preferred.start();
    this.#care.start();
    this.#ticks = platform.timers.every(replicaDefaults.tickMs, () => replica.tick());
  }

  /** What this member is made of, for whoever examines it from within: nothing may be changed through it. */
  get parts(): MemberParts {
    return { member: this.#member, data: this.#data, group: this.#group, snapshots: this.#snapshotter };
  }

  status(): DledgerStatus {
    const { settings, storage } = this.#member;
    return {
      ...this.#group.replica.status(),
      groupName: settings.groupName,
      groupId: this.#data.records.identity?.groupId ?? '',
      incarnation: storage.hardState.record.incarnation,
      snapshotIndex: this.#snapshotter.index,
      pendingForwards: this.#group.forwarder.pending,
      logCare: this.#care.status,
      elections: this.#group.roles.elections,
      roleHistory: this.#group.roles.records,
    };
  }

  /** SIGTERM: hands leadership over, goes on forwarding for `shutdownLingerMs`, flushes everything and leaves the directory marked as clean. */
  stop(): Promise<void> {
    return this.#life.stop(this.#member.config.shutdownLingerMs);
  }

  async #leave(toBeginAnew: boolean): Promise<void> {
    const { platform } = this.#member;
    const { replica, peerPort, client } = this.#group;
    await this.broker.stop();
    this.#retention.stop();
    this.#sync.stop();
    this.#marks.stop();
    this.#lag.stop();
    this.#exchange.sender.stop();
    this.#preferred.stop();
    this.#care.stop();
    this.#data.space.stop();
    await ended((done) => this.#snapshotter.takeLast(done));
    if (this.#ticks !== undefined) platform.timers.cancel(this.#ticks);
    replica.stop();
    await peerPort.close();
    client.close();
    const closeStore = (): Promise<void> => ended((done) => this.#data.store.close(done));
    if (toBeginAnew) await closeToBeginAnew(this.#member, closeStore);
    else {
      await closeStore();
      await closeMember(this.#member);
    }
  }
}

function preferredLeader({ platform, config }: Member, { replica }: MemberGroup): PreferredLeader {
  const { clock, timers, logger } = platform;
  const syncFlush = config.flushDiskType === 'SYNC_FLUSH';
  return new PreferredLeader({ clock, timers, logger, replica, preferred: config.preferredLeaderId, syncFlush });
}
