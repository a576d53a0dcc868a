import { assert } from '../../src/base/assert.ts';
import { awaitSuccessor } from './await-successor.ts';
import { EpochAgreement } from './epoch-agreement.ts';
import { fencedRole } from './fenced-role.ts';
import { haLimits, replicaIdentity } from './ha-settings.ts';
import type { MasterRole } from './master-role.ts';
import { MasterTerm } from './master-term.ts';
import { orFatal } from './or-fatal.ts';
import type { ReplicaNodeOptions } from './replica-node-options.ts';
import { replicaReports } from './replica-reports.ts';
import type {
  DirectoryMarks,
  EpochEntry,
  MasterCommand,
  ReplicaPosition,
  ReplicaReport,
  ReplicaRole,
  ReplicaRoles,
  SlaveCommand,
  SyncStateSet,
} from './replica-roles.ts';
import { type Agreement, SlaveRole } from './slave-role.ts';

/** A replica of Controller mode: takes the roles that it is told, one at a time, and what each means for its log. */
export class ReplicaNode implements ReplicaRoles {
  readonly #options: ReplicaNodeOptions;
  readonly #agreement: Agreement;
  #brokerId = 0;
  #role: ReplicaRole = 'fenced';
  #masterEpoch = 0;
  #term: MasterTerm | undefined;
  #slave: SlaveRole | undefined;
  #masterAddress: string | undefined;
  /** Newest epoch of an unclean election that it was told of. */
  #uncleanEpoch = 0;
  #leaving = false;
  /** Counts roles: what an older one started is dropped when it comes back. */
  #turn = 0;
  /** It becomes master in later epochs only: up to the last byte in the log when the process began, and what it renounced since. */
  #renounced: number;

  constructor(options: ReplicaNodeOptions) {
    const { platform, config, log, epochs, doubt } = options;
    this.#options = options;
    this.#renounced = epochs.lastEpoch;
    const { disk, logger } = platform;
    // At the start the newest recovery point: everything below was fsynced.
    const trusted = log.confirmedPosition;
    const trustedEnd = (): number | undefined => (this.inDoubt ? trusted : undefined);
    const agreement = new EpochAgreement({
      ...{ disk, logger, root: config.storePathRootDir, log, epochs, directory: doubt, trustedEnd },
      uncleanEpoch: () => this.#uncleanEpoch,
      fatal: (error) => options.fatal(error),
    });
    this.#agreement = options.adopted.droppedBefore(agreement);
    log.setRole(fencedRole('no Controller has told its role yet'));
  }

  setBrokerId(brokerId: number): void {
    this.#brokerId = brokerId;
  }

  get brokerId(): number {
    return this.#brokerId;
  }

  /** Master, and everything that the log held when it became that is confirmed and applied. */
  get serving(): boolean {
    return this.#term?.serving ?? false;
  }

  get masterEpoch(): number {
    return this.#masterEpoch;
  }

  /** Client address of the master that this slave follows. */
  get masterAddress(): string | undefined {
    return this.#role === 'slave' ? this.#masterAddress : undefined;
  }

  /** The master role, for the HA port. */
  get masterRole(): MasterRole | undefined {
    return this.#term?.role;
  }

  /** As a master: which sets may be in force, and the epoch of the one that is known to have been. */
  get setsInForce(): { readonly setEpoch: number; readonly candidates: readonly (readonly number[])[] } | undefined {
    const tracker = this.#term?.tracker;
    return tracker && { setEpoch: tracker.decided.setEpoch, candidates: tracker.candidates };
  }

  get inDoubt(): boolean {
    return this.#options.doubt.inDoubt;
  }

  // --- commands ----------------------------------------------------------------------------------------------------

  becomeMaster(command: MasterCommand): boolean {
    const { masterEpoch, syncStateSet } = command;
    if (masterEpoch === this.#masterEpoch && this.#role === 'master') {
      this.syncStateSetDecided(masterEpoch, syncStateSet);
      return true;
    }
    if (masterEpoch < this.#masterEpoch || (masterEpoch === this.#masterEpoch && this.#role === 'slave')) return false;
    assert(this.#brokerId > 0, 'a replica knows its id before its first role');
    const { log, platform } = this.#options;
    if (masterEpoch <= this.#renounced) {
      // It may have lost the end of what it wrote in that epoch, which slaves have: an epoch has one writer.
      platform.logger.warn('This broker was started anew, and waits for an election', { masterEpoch });
      return false;
    }
    const turn = this.#begin('master', masterEpoch, `a new master's epoch ${masterEpoch} begins`);
    log.setRole(fencedRole(`this broker was just elected in epoch ${masterEpoch} and is not ready yet`));
    // What the log holds counts as acknowledged by this broker from now on: it is durable first, and a cut that is under way is over.
    log.native.syncTo(log.endPosition, (error) => {
      if (turn !== this.#turn) return;
      if (error === undefined) this.#promote(command);
      else this.#options.fatal(error);
    });
    this.#changed();
    return true;
  }

  #promote(command: MasterCommand): void {
    const { masterEpoch, setId } = command;
    const { log, epochs, doubt } = this.#options;
    const noted = orFatal(this.#options.fatal, () => {
      doubt.begins(masterEpoch, setId);
      epochs.append(masterEpoch, log.endPosition);
    });
    if (!noted) return;
    this.#term = new MasterTerm(this.#options, command, {
      brokerId: this.#brokerId,
      isLeaving: () => this.#leaving,
      changed: () => this.#changed(),
    });
    this.#term.start();
  }

  becomeSlave(command: SlaveCommand): boolean {
    const { masterEpoch, masterAddress } = command;
    if (masterEpoch < this.#masterEpoch || (masterEpoch === this.#masterEpoch && this.#role === 'master')) return false;
    this.#uncleanEpoch = Math.max(this.#uncleanEpoch, command.uncleanEpoch ?? 0);
    if (masterEpoch === this.#masterEpoch && this.#role === 'slave') {
      this.#masterAddress = masterAddress;
      return true;
    }
    assert(this.#brokerId > 0, 'a replica knows its id before its first role');
    this.#begin('slave', masterEpoch, `${masterAddress} is the master of epoch ${masterEpoch}`);
    this.#masterAddress = masterAddress;
    this.#slave = this.#createSlave(masterEpoch);
    this.#options.log.setRole(this.#slave);
    this.#slave.start();
    this.#changed();
    return true;
  }

  #createSlave(epoch: number): SlaveRole {
    const { platform, config, log, epochs, haPortOf } = this.#options;
    return new SlaveRole({
      platform,
      log,
      identity: replicaIdentity(config, this.#brokerId),
      limits: haLimits(config),
      learner: config.asyncLearner,
      priority: config.brokerElectionPriority,
      epoch,
      hello: () => ({ masterEpoch: this.#masterEpoch, epochs: epochs.entries }),
      agreement: this.#agreement,
      beginAt: (position) => this.#options.beginAt(position),
      findMaster: (done) => haPortOf(this.#masterAddress ?? '', done),
      showsOnlyConfirmed: true,
      mayAcknowledge: () => !this.#options.events.mayBeReplaced(),
      events: {
        following: () => platform.logger.info('Following the master', { epoch, position: log.endPosition }),
        alone: () => {},
        caughtUp: () => this.#caughtUp(),
        state: (section) => this.#options.importState(section),
      },
    });
  }

  /** Everything that the master had when it was asked is here, as safe as this broker's flush mode makes it. */
  #caughtUp(): void {
    const { doubt, fatal } = this.#options;
    if (this.inDoubt && orFatal(fatal, () => doubt.over())) this.#changed();
  }

  renounce(masterEpoch: number): number | undefined {
    this.#renounced = Math.max(this.#renounced, masterEpoch);
    const { begunEpoch } = this.#options.doubt;
    const underWay = this.#role === 'master' ? this.#masterEpoch : 0;
    return begunEpoch === undefined ? undefined : Math.max(begunEpoch, underWay);
  }

  becomeFenced(reason: string): void {
    if (this.#role === 'fenced') return;
    this.#begin('fenced', this.#masterEpoch, reason);
    this.#options.log.setRole(fencedRole(reason));
    this.#changed();
  }

  /** Ends the role of before: from here on it neither appends nor acknowledges. */
  #begin(role: ReplicaRole, masterEpoch: number, reason: string): number {
    const { log, platform } = this.#options;
    platform.logger.info('Role changed', { from: this.#role, to: role, epoch: masterEpoch, reason });
    const wasMaster = this.#term !== undefined;
    this.#term?.end(`this broker is no longer the master: ${reason}`);
    this.#slave?.end();
    this.#term = undefined;
    this.#slave = undefined;
    this.#options.adopted.roleEnds();
    this.#leaving = false;
    this.#role = role;
    this.#masterEpoch = masterEpoch;
    if (wasMaster) log.lost(`this broker is no longer the master: ${reason}`);
    return ++this.#turn;
  }

  #changed(): void {
    this.#options.onChange();
    this.#options.platform.timers.endOfTurn(() => this.#options.events.changed());
  }

  // --- the set -----------------------------------------------------------------------------------------------------

  syncStateSetDecided(masterEpoch: number, set: SyncStateSet): void {
    if (masterEpoch === this.#masterEpoch) this.#term?.decided(set);
  }

  syncStateSetRefused(masterEpoch: number): void {
    if (masterEpoch === this.#masterEpoch) this.#term?.refused();
  }

  prepareHandOver(done: (successor: number | undefined) => void): void {
    const { platform, log } = this.#options;
    this.#leaving = this.#role === 'master';
    // As a master it appends nothing more: the end stays where it is.
    awaitSuccessor(platform, log.endPosition, () => this.replicas(), done);
  }

  // --- questions ---------------------------------------------------------------------------------------------------

  /** Calls back when every member of every set that may be in force has said that it still follows: nobody else can have been elected then. */
  confirmMaster(done: (master: boolean) => void): void {
    if (this.#term === undefined) done(false);
    else this.#term.confirmMaster(done);
  }

  position(): ReplicaPosition {
    const { log, epochs } = this.#options;
    return {
      role: this.#role,
      masterEpoch: this.#masterEpoch,
      lastEpoch: epochs.lastEpoch,
      maxPosition: log.storedPosition,
      confirmPosition: log.confirmedPosition,
    };
  }

  get newestEpoch(): number {
    return Math.max(this.#options.epochs.lastEpoch, this.#options.doubt.begunEpoch ?? 0);
  }

  get directory(): DirectoryMarks {
    return this.#options.doubt;
  }

  epochs(): readonly EpochEntry[] {
    return this.#options.epochs.entries;
  }

  replicas(): readonly ReplicaReport[] {
    const members = this.#term?.tracker.decided.brokerIds ?? [];
    return replicaReports(this.#term?.role.links ?? [], this.#options.log.endPosition, members);
  }

  /** The end of the process: no role any more. */
  stop(): void {
    this.becomeFenced('this broker stops');
  }
}
