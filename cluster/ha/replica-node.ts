import { assert } from '../../src/base/assert.ts';
import type { Timer } from '../../src/platform/ports.ts';
import type { WriteRefusal } from '../../src/store/replicator.ts';
import { awaitSuccessor } from './await-successor.ts';
import { setRule } from './confirm-rules.ts';
import { EpochAgreement } from './epoch-agreement.ts';
import { fencedRole } from './fenced-role.ts';
import { haLimits, replicaIdentity } from './ha-settings.ts';
import { MasterRole } from './master-role.ts';
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
import { RoundWaiters } from './round-waiters.ts';
import { type Agreement, SlaveRole } from './slave-role.ts';
import { SyncStateTracker } from './sync-state-tracker.ts';

/** How often a master looks who should join or leave the set, ms. */
const LOOK_MS = 1_000;

/** A replica of Controller mode: takes the roles that it is told, one at a time, and what each means for its log. */
export class ReplicaNode implements ReplicaRoles {
  readonly #options: ReplicaNodeOptions;
  readonly #agreement: Agreement;
  #brokerId = 0;
  #role: ReplicaRole = 'fenced';
  #masterEpoch = 0;
  #master: MasterRole | undefined;
  #slave: SlaveRole | undefined;
  #tracker: SyncStateTracker | undefined;
  #masterAddress: string | undefined;
  /** Newest epoch of an unclean election that it was told of. */
  #uncleanEpoch = 0;
  #serving = false;
  /** As a master: it serves when everything below is confirmed and applied. */
  #ownEnd = 0;
  /** As a master: a slave may join the set when it has everything below. */
  #mayJoinAt = 0;
  #leaving = false;
  #look: Timer | undefined;
  /** Counts roles: what an older one started is dropped when it comes back. */
  #turn = 0;
  readonly #rounds = new RoundWaiters();
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
    return this.#serving;
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
    return this.#master;
  }

  /** As a master: which sets may be in force, and the epoch of the one that is known to have been. */
  get setsInForce(): { readonly setEpoch: number; readonly candidates: readonly (readonly number[])[] } | undefined {
    const tracker = this.#tracker;
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

  #promote({ masterEpoch, syncStateSet, setId }: MasterCommand): void {
    const { platform, config, log, epochs, store, doubt } = this.#options;
    const { clock, timers, logger } = platform;
    const tailEnd = log.endPosition;
    const noted = orFatal(this.#options.fatal, () => {
      doubt.begins(masterEpoch, setId);
      epochs.append(masterEpoch, tailEnd);
    });
    if (!noted) return;
    this.#ownEnd = tailEnd;
    this.#mayJoinAt = epochs.entries.at(-1)?.startPosition ?? tailEnd;
    const nowMs = clock.monotonicMs();
    const maxLagMs = config.haMaxTimeSlaveNotCatchup;
    const tracker = new SyncStateTracker({ selfId: this.#brokerId, set: syncStateSet, nowMs, maxLagMs });
    const copies = config.allAckInSyncStateSet ? undefined : config.inSyncReplicas;
    const required = (): ReadonlySet<number> => tracker.required;
    this.#tracker = tracker;
    this.#master = new MasterRole({
      ...{ log, clock, timers, logger },
      identity: replicaIdentity(config, this.#brokerId),
      limits: haLimits(config),
      epoch: masterEpoch,
      epochs: () => epochs.entries,
      setId: doubt.setId,
      rule: setRule({ selfId: this.#brokerId, required, copies, timeoutMs: config.slaveTimeout }),
      refusal: () => this.#tooFewInSync(),
      stateForBeginner: () => this.#options.exportState(),
      tellsConfirmed: true,
      events: {
        acknowledged: () => {
          this.#propose();
          this.#askRounds();
          if (!this.#serving) this.#settle();
        },
        left: ({ brokerId }) => {
          tracker.left(brokerId);
          this.#propose();
        },
      },
    });
    log.setRole(this.#master);
    store().adoptTail();
    this.#look = timers.every(LOOK_MS, () => {
      tracker.answered();
      this.#rounds.expire();
      this.#propose();
      if (!this.#serving) this.#settle();
    });
    this.#settle();
  }

  /** Serves when what it found in its log is confirmed: the set of an election holds the new master alone, so that is at once, as a rule. */
  #settle(): void {
    const { log, store, adopted } = this.#options;
    log.settle();
    if (this.#serving || this.#role !== 'master' || store().dispatchedPosition < this.#ownEnd) return;
    if (adopted.pending) {
      const end = adopted.toLog();
      if (end === undefined) return;
      this.#ownEnd = end;
      this.#mayJoinAt = end;
      this.#settle();
      return;
    }
    this.#serving = true;
    this.#options.platform.logger.info('Serving as master', { epoch: this.#masterEpoch, brokerId: this.#brokerId });
    this.#changed();
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
    if (this.#look !== undefined) platform.timers.cancel(this.#look);
    this.#look = undefined;
    const wasMaster = this.#master !== undefined;
    this.#master?.end(`this broker is no longer the master: ${reason}`);
    this.#slave?.end();
    this.#master = undefined;
    this.#slave = undefined;
    this.#tracker = undefined;
    this.#serving = false;
    this.#options.adopted.roleEnds();
    this.#leaving = false;
    this.#role = role;
    this.#masterEpoch = masterEpoch;
    this.#rounds.end();
    if (wasMaster) log.lost(`this broker is no longer the master: ${reason}`);
    return ++this.#turn;
  }

  #changed(): void {
    this.#options.onChange();
    this.#options.platform.timers.endOfTurn(() => this.#options.events.changed());
  }

  // --- the set -----------------------------------------------------------------------------------------------------

  syncStateSetDecided(masterEpoch: number, set: SyncStateSet): void {
    if (masterEpoch !== this.#masterEpoch || this.#tracker?.decide(set) !== true) return;
    this.#options.platform.logger.info('SyncStateSet', { members: set.brokerIds.join(' '), setEpoch: set.setEpoch });
    // At once: until then the confirm position is that of the set of before, and says nothing of who may join.
    this.#options.log.settle();
    this.#master?.settleSoon();
    this.#askRounds();
  }

  syncStateSetRefused(masterEpoch: number): void {
    if (masterEpoch === this.#masterEpoch) this.#tracker?.answered();
  }

  prepareHandOver(done: (successor: number | undefined) => void): void {
    const { platform, log } = this.#options;
    this.#leaving = this.#role === 'master';
    // As a master it appends nothing more: the end stays where it is.
    awaitSuccessor(platform, log.endPosition, () => this.replicas(), done);
  }

  #propose(): void {
    const { platform, log, events } = this.#options;
    const master = this.#master;
    const wish = this.#tracker?.propose({
      nowMs: platform.clock.monotonicMs(),
      slaves: master?.links ?? [],
      endPosition: log.endPosition,
      confirmPosition: log.confirmedPosition,
      epochStart: this.#options.adopted.unsafe ? Number.POSITIVE_INFINITY : this.#mayJoinAt,
    });
    if (master === undefined || wish === undefined) return;
    const { epoch } = master;
    platform.timers.endOfTurn(() => {
      if (this.#master === master) events.alterSyncStateSet(epoch, wish);
    });
  }

  #tooFewInSync(): WriteRefusal | undefined {
    if (this.#options.adopted.logging) return undefined;
    if (this.#leaving) return { status: 'not-ready', text: 'this master hands over to another broker; try again' };
    if (!this.#serving)
      return { status: 'not-ready', text: 'this broker was just elected and is not ready yet; try again' };
    const { minInSyncReplicas } = this.#options.config;
    const count = this.#tracker?.decided.brokerIds.length ?? 0;
    if (count >= minInSyncReplicas) return undefined;
    const text = `in-sync replicas not enough: ${count} of minInSyncReplicas=${minInSyncReplicas}; nothing was appended`;
    return { status: 'replicas-missing', text };
  }

  // --- questions ---------------------------------------------------------------------------------------------------

  /** Calls back when every member of every set that may be in force has said that it still follows: nobody else can have been elected then. */
  confirmMaster(done: (master: boolean) => void): void {
    const master = this.#master;
    if (!this.#serving || master === undefined) {
      done(false);
      return;
    }
    this.#rounds.add(master.askRound(), done);
    this.#askRounds();
  }

  #askRounds(): void {
    const required = [...(this.#tracker?.required ?? [])].filter((id) => id !== this.#brokerId);
    const rounds = new Map(this.#master?.links.map(({ brokerId, round }) => [brokerId, round]));
    this.#rounds.reached(Math.min(Number.MAX_SAFE_INTEGER, ...required.map((id) => rounds.get(id) ?? 0)));
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
    const members = this.#tracker?.decided.brokerIds ?? [];
    return replicaReports(this.#master?.links ?? [], this.#options.log.endPosition, members);
  }

  /** The end of the process: no role any more. */
  stop(): void {
    this.becomeFenced('this broker stops');
  }
}
