import { type PortError, type ReplicaStatus, replicaDefaults } from '../../raft/index.ts';
import type { BrokerSetStatus } from '../../src/http/status-source.ts';
import type { Platform, Timer } from '../../src/platform/ports.ts';
import { formatAddress } from '../../src/remoting/address.ts';
import { type CareRates, LogCare, type LogCareStatus } from '../dledger/log-care.ts';
import { closeMember, closeToBeginAnew, ended } from '../dledger/member-end.ts';
import { MemberLife } from '../dledger/member-life.ts';
import type { MemberTuning } from '../dledger/member-tuning.ts';
import type { ElectionCounts, RoleRecord } from '../dledger/role-history.ts';
import { exchangeSnapshots, type SnapshotExchange } from '../dledger/snapshot-exchange.ts';
import { Snapshotter } from '../dledger/snapshotter.ts';
import { MarkSynced } from '../raft-storage/mark-synced.ts';
import type { ControllerConfig } from './config.ts';
import { type ControllerGroup, joinControllerGroup } from './controller-group.ts';
import { brokerSetStatuses } from './controller-status.ts';
import { LogTrim } from './log-trim.ts';
import { type OpenController, openController } from './open-controller.ts';

/** A controller's log is small: all of it is checked every hour. */
const CARE_RATES: CareRates = {
  scrubBytesPerSecond: 1 << 20,
  scrubIntervalMs: 3_600_000,
  repairBytesPerSecond: 32 << 20,
};

/** What a controller tells about itself. */
export interface ControllerStatus {
  readonly raft: ReplicaStatus & {
    readonly groupName: string;
    /** '' until the group's first entry is committed here. */
    readonly groupId: string;
    readonly incarnation: number;
    readonly snapshotIndex: number;
    readonly pendingForwards: number;
    readonly logCare: LogCareStatus;
    readonly elections: ElectionCounts;
    readonly roleHistory: readonly RoleRecord[];
  };
  readonly address: string;
  readonly liveBrokers: number;
  /** Of masters, held by this controller since its start. */
  readonly masterElections: { readonly elected: number; readonly kept: number; readonly nobody: number };
  readonly brokerSets: readonly BrokerSetStatus[];
}

/** A controller from the opening of its directory on: decides with the others of its group who is master of each broker set. */
export class ControllerNode {
  readonly #opened: OpenController;
  readonly #group: ControllerGroup;
  readonly #snapshotter: Snapshotter;
  readonly #care: LogCare;
  readonly #marks: MarkSynced;
  readonly #exchange: SnapshotExchange;
  readonly #trim: LogTrim;
  readonly #life: MemberLife;
  #ticks: Timer | undefined;

  /**
   * Opens the controller's directory; nothing is sent before `start`. `onFatal` is told when it can no longer take part: the process has to stop at once. `onRenew`: the leader sent
   * what this one's log is to begin anew with; it has left, and another ControllerNode has to take its place (Controller does). Throws MemberRefused, or the disk's error.
   */
  constructor(
    platform: Platform,
    config: ControllerConfig,
    onFatal: (error: PortError) => void,
    onRenew: () => void,
    { snapshotDueMs }: Pick<MemberTuning, 'snapshotDueMs'> = {},
  ) {
    const opened = openController(platform, config);
    const fail = (error: PortError): void => this.#life.fail(error);
    this.#opened = opened;
    this.#life = new MemberLife({
      platform,
      storage: opened.storage,
      replica: () => this.#group.replica,
      snapshotter: () => this.#snapshotter,
      leave: (toBeginAnew) => this.#leave(toBeginAnew),
      onFatal,
      onRenew,
    });
    this.#group = joinControllerGroup(opened, fail);
    const onTaken = (): void => this.#snapshotTaken();
    this.#snapshotter = new Snapshotter(opened, this.#group.commands, onTaken, fail, snapshotDueMs);
    const { replica, peerPort } = this.#group;
    const { log } = opened.storage;
    this.#exchange = exchangeSnapshots(opened, this.#group, this.#group, this.#snapshotter, (bytes, index) =>
      this.#life.renew(bytes, index),
    );
    const { sender } = this.#exchange;
    this.#trim = new LogTrim(log, platform.logger, this.#snapshotter.position, () => sender.keepFrom());
    const commitIndex = (): number => replica.commitIndex;
    this.#marks = new MarkSynced(opened.storage, platform.timers, commitIndex, fail);
    const limit = (): number => this.#snapshotter.position;
    const { transport } = peerPort;
    const onTooOld = (peer: string): void => sender.wanted(peer);
    this.#care = new LogCare({ platform, log, replica, transport, rates: CARE_RATES, limit, onTooOld, onFatal: fail });
  }

  #snapshotTaken(): void {
    this.#opened.storage.received.forget();
    this.#trim.taken(this.#snapshotter.position);
  }

  /** Where brokers and tools find it. */
  get address(): string {
    return formatAddress(this.#opened.settings.self);
  }

  /** Opens the port and joins the group; it decides when it is elected. Rejects with a sentence. */
  async start(): Promise<void> {
    const { replica, peerPort, masters } = this.#group;
    await peerPort.listen();
    replica.start();
    peerPort.start();
    masters.start();
    this.#snapshotter.start();
    this.#care.start();
    this.#marks.start();
    this.#exchange.sender.start();
    this.#ticks = this.#opened.platform.timers.every(replicaDefaults.tickMs, () => replica.tick());
  }

  /** What this controller is made of, for whoever examines it from within: nothing may be changed through it. */
  get parts() {
    const { storage, settings, config } = this.#opened;
    const { replica, peerPort, commands, live } = this.#group;
    const hardStatePath = `${config.values.controllerStorePath}/dledger-${settings.self.id}/hardstate`;
    return { storage, hardStatePath, replica, transport: peerPort.transport, commands, live };
  }

  status(): ControllerStatus {
    const { platform, settings, storage } = this.#opened;
    const { replica, records, roles, commands, live, masters } = this.#group;
    return {
      raft: {
        ...replica.status(),
        groupName: settings.groupName,
        groupId: records.identity?.groupId ?? '',
        incarnation: storage.hardState.record.incarnation,
        snapshotIndex: this.#snapshotter.index,
        pendingForwards: 0,
        logCare: this.#care.status,
        elections: roles.elections,
        roleHistory: roles.records,
      },
      address: this.address,
      liveBrokers: live.count,
      masterElections: masters.elections,
      brokerSets: brokerSetStatuses(commands.state, live, platform.clock.monotonicMs()),
    };
  }

  /** SIGTERM: hands leadership over, flushes and leaves the directory marked as clean. */
  stop(): Promise<void> {
    return this.#life.stop();
  }

  async #leave(toBeginAnew: boolean): Promise<void> {
    const { platform } = this.#opened;
    const { replica, peerPort, masters, client } = this.#group;
    masters.stop();
    this.#care.stop();
    this.#marks.stop();
    this.#exchange.sender.stop();
    await ended((done) => this.#snapshotter.takeLast(done));
    if (this.#ticks !== undefined) platform.timers.cancel(this.#ticks);
    replica.stop();
    await peerPort.close();
    client.close();
    if (toBeginAnew) await closeToBeginAnew(this.#opened, async () => {});
    else await closeMember(this.#opened);
  }
}
