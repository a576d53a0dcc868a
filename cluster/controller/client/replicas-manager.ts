import type { Platform, Timer } from '../../../src/platform/ports.ts';
import { alterSyncStateSet } from '../../../src/protocol/command/alter-sync-state-set.ts';
import { brokerHeartbeat } from '../../../src/protocol/command/broker-heartbeat.ts';
import { electMaster } from '../../../src/protocol/command/elect-master.ts';
import { getReplicaInfo } from '../../../src/protocol/command/get-replica-info.ts';
import { ResponseCode } from '../../../src/protocol/response-code.ts';
import type { RemotingClient } from '../../../src/remoting/client.ts';
import type { ReplicaRoles, SyncStateSet } from '../../ha/replica-roles.ts';
import type { KnownSet } from '../../ha/second-master-watch.ts';
import type { BrokerIdentity } from './broker-identity.ts';
import { ControllerClient } from './controller-client.ts';
import { Enrolment, type EnrolmentName } from './enrolment.ts';
import { decodeSet, encodeSet, type SetNews } from './set-news.ts';

/** How often it is asked for a master while none is known, ms. */
const HURRY_MS = 300;

/** RocketMQ's keys in brackets; times in ms. */
export interface ReplicasManagerSettings extends EnrolmentName {
  /** [controllerAddr] */
  readonly controllers: readonly string[];
  /** [brokerHeartbeatInterval] */
  readonly heartbeatMs: number;
  /** [controllerHeartBeatTimeoutMills] */
  readonly heartbeatTimeoutMs: number;
  /** Lower is preferred [brokerElectionPriority]. */
  readonly electionPriority: number;
  /** How often it is asked who is master [syncBrokerMetadataPeriod]. */
  readonly pollMs: number;
  /** How often it is asked which controller leads [syncControllerMetadataPeriod]. */
  readonly leaderPollMs: number;
}

/**
 * The broker's side of Controller mode: gets the id, sends heartbeats, learns from notices and questions who is master and tells the data path, and has the
 * controllers agree on the SyncStateSets that a master wishes.
 */
export class ReplicasManager {
  readonly #platform: Platform;
  readonly #settings: ReplicasManagerSettings;
  readonly #roles: ReplicaRoles;
  readonly #controllers: ControllerClient;
  readonly #enrolment: Enrolment;
  readonly #timers: Timer[] = [];
  #hurry: Timer | undefined;
  #asking = false;
  #stopped = false;
  /** The last reason why there is no master that was told to people. */
  #masterless = '';
  /** When this process ran last for certain, on the monotonic clock: no heartbeat is older; undefined before the first. */
  #ranMs: number | undefined;
  /** How often this process did not run for longer than it counts as alive; and how often it was told since that it has its id still. */
  #halts = 0;
  #haltsOver = 0;
  /** The controllers have this id at another address. */
  #replaced = false;

  constructor(
    platform: Platform,
    settings: ReplicasManagerSettings,
    roles: ReplicaRoles,
    identity: BrokerIdentity,
    client: RemotingClient,
  ) {
    this.#platform = platform;
    this.#settings = settings;
    this.#roles = roles;
    this.#controllers = new ControllerClient(settings.controllers, client, platform.logger);
    this.#enrolment = new Enrolment(platform, settings, identity, this.#controllers);
  }

  /** Why there is no master, as the controllers said last; undefined if there is one. */
  get problem(): string | undefined {
    return this.#roles.position().role === 'fenced'
      ? this.#masterless || 'no controller has named a master yet'
      : undefined;
  }

  /** Tells the data path its id as soon as the controllers have given one, which `done` reports: at once, if they did so before. */
  identify(done: () => void): void {
    this.#enrolment.identify((brokerId) => {
      this.#roles.setBrokerId(brokerId);
      done();
    });
  }

  /** After `identify`: registers, and passes on roles from now on. */
  start(): void {
    const { timers } = this.#platform;
    const { heartbeatMs, pollMs, leaderPollMs } = this.#settings;
    this.#enrol();
    this.#timers.push(timers.every(heartbeatMs, () => this.#beat()));
    this.#timers.push(timers.every(pollMs, () => this.#ask()));
    this.#timers.push(timers.every(leaderPollMs, () => this.#controllers.findLeader(() => {})));
  }

  stop(): void {
    this.#stopped = true;
    this.#enrolment.stop();
    for (const timer of [...this.#timers, this.#hurry]) if (timer !== undefined) this.#platform.timers.cancel(timer);
  }

  /**
   * A notice (1008), or an answer: tells the data path what is new. Nothing is, before this process registered: it may have been elected for what the controllers know of
   * the one before, and may lack it.
   */
  heard({ masterId, masterAddress, masterEpoch, syncStateSet: set, uncleanEpoch, setId }: SetNews): void {
    const { brokerId } = this.#enrolment;
    if (brokerId === undefined || !this.#enrolment.everEnrolled || this.#stopped || this.#replaced) return;
    const known = this.#roles.position().masterEpoch;
    if (masterEpoch < known) this.#outdated(masterEpoch, known);
    else if (masterId === undefined) this.#withoutMaster(masterEpoch, known);
    else if (masterId === brokerId && masterAddress !== undefined && masterAddress !== this.#settings.address) {
      this.#replacedByCopy(masterAddress);
      return;
    } else if (masterId === brokerId) {
      this.#roles.becomeMaster({ masterEpoch, syncStateSet: set, setId });
      this.#roles.syncStateSetDecided(masterEpoch, set);
    } else if (masterAddress !== undefined) {
      this.#roles.becomeSlave({ masterEpoch, masterBrokerId: masterId, masterAddress, uncleanEpoch });
    }
    if (masterId !== undefined) this.#masterless = '';
  }

  /** What the controllers know of the set now; undefined where they do not say: none answers, or they know no identities (RocketMQ's). */
  knownSet(done: (set: KnownSet | undefined) => void): void {
    this.#controllers.ask(getReplicaInfo, this.#brokerName, undefined, (answer) => {
      if (typeof answer === 'string') return done(undefined);
      if (answer.code === ResponseCode.CONTROLLER_BROKER_METADATA_NOT_EXIST) return done({ setId: undefined });
      const { setId, masterEpoch = 0 } = answer.header;
      const isTold = answer.code === ResponseCode.SUCCESS && (setId !== undefined || masterEpoch === 0);
      done(isTold ? { setId } : undefined);
    });
  }

  /** The master wishes another set (ReplicaEvents). */
  alterSyncStateSet(masterEpoch: number, wish: SyncStateSet, slaves: ReadonlyMap<number, string>): void {
    const { brokerId } = this.#enrolment;
    if (brokerId === undefined || this.#stopped) return;
    const addresses = [...slaves].map(([id, address]) => `${id}=${address}`).join(';') || undefined;
    const invokeTime = this.#nowMs();
    const header = { ...this.#brokerName, masterBrokerId: brokerId, masterEpoch, invokeTime, addresses };
    const body = encodeSet(wish);
    this.#controllers.ask(alterSyncStateSet, header, body, (answer) => {
      // Without an answer, or with one that leaves it open, the wish comes again.
      if (this.#stopped || typeof answer === 'string' || answer.code === ResponseCode.SYSTEM_ERROR) return;
      const decided = answer.code === ResponseCode.SUCCESS ? decodeSet(answer.body) : undefined;
      if (decided !== undefined) return this.#roles.syncStateSetDecided(masterEpoch, decided);
      const fields = { code: answer.code, reason: answer.remark, ids: wish.brokerIds.join(' ') };
      this.#platform.logger.info('The controller refused a SyncStateSet', fields);
      this.#roles.syncStateSetRefused(masterEpoch);
      // What was proposed follows another master, or another set, than those of now.
      if (answer.code !== ResponseCode.CONTROLLER_NOT_LEADER) this.#ask();
    });
  }

  /** Whether a copy of this directory may have been given the id while this process did not run (ReplicaEvents). */
  mayBeReplaced(): boolean {
    if (this.#ranMs === undefined) return false;
    const { clock, timers, logger } = this.#platform;
    const nowMs = clock.monotonicMs();
    const haltMs = nowMs - this.#ranMs;
    if (haltMs >= this.#settings.heartbeatTimeoutMs) {
      this.#halts++;
      this.#ranMs = nowMs;
      logger.warn(
        'This broker did not run for a while: it acknowledges nothing before it has asked the controllers whether its id was given to a copy',
        { ms: Math.round(haltMs) },
      );
      timers.endOfTurn(() => this.#beat());
    }
    return this.#halts > this.#haltsOver;
  }

  /** The process is about to end: as master has another broker elected, and hands on to it from then on. `done` comes whether that worked or not. */
  handOver(done: () => void): void {
    this.#roles.prepareHandOver((successor) => {
      if (successor === undefined) return done();
      const { clusterName } = this.#settings;
      const names = { clusterName, ...this.#brokerName };
      const header = { ...names, brokerId: successor, designateElect: true, invokeTime: this.#nowMs() };
      this.#controllers.ask(electMaster, header, undefined, (answer) => {
        if (typeof answer === 'string' || answer.code !== ResponseCode.SUCCESS) {
          const reason = typeof answer === 'string' ? answer : answer.remark;
          this.#platform.logger.warn('Leaves without a successor; one is elected when it is gone', { reason });
          return done();
        }
        const { masterBrokerId, masterAddress, masterEpoch } = answer.header;
        if (masterBrokerId !== undefined && masterAddress !== undefined && masterEpoch !== undefined)
          this.#roles.becomeSlave({ masterBrokerId, masterAddress, masterEpoch });
        done();
      });
    });
  }

  // --- joining -----------------------------------------------------------------------------------------------------

  #enrol(): void {
    this.#enrolment.enrol(this.#roles, (news) => {
      if (this.#stopped) return;
      this.#platform.logger.info('Registered with the controllers', { brokerId: news.brokerId });
      this.#replaced = false;
      this.#haltsOver = this.#halts;
      this.#beat();
      if (news.set !== undefined) this.heard(news.set);
      else this.#elect();
    });
  }

  /** A heartbeat makes it one that may be elected: not before the controllers know whether it is in doubt. */
  #beat(): void {
    const { brokerId, everEnrolled } = this.#enrolment;
    if (brokerId === undefined || !everEnrolled || this.#stopped || this.#replaced) return;
    const asks = this.mayBeReplaced();
    this.#ranMs = this.#platform.clock.monotonicMs();
    const { lastEpoch, maxPosition, confirmPosition } = this.#roles.position();
    const { clusterName, address, heartbeatTimeoutMs, electionPriority } = this.#settings;
    this.#controllers.tellAll(brokerHeartbeat, {
      clusterName,
      ...this.#brokerName,
      brokerAddr: address,
      brokerId,
      epoch: lastEpoch,
      maxOffset: maxPosition,
      confirmOffset: confirmPosition,
      heartbeatTimeoutMills: heartbeatTimeoutMs,
      electionPriority,
    });
    // Behind the heartbeat, so that nobody is given the id any more once that has its answer.
    if (asks) this.#ask();
  }

  /** Two brokers with one id have one directory, or copies of one: only one of them may be master of an epoch, or acknowledge as a slave. */
  #replacedByCopy(holder: string): void {
    const { address, brokerName } = this.#settings;
    const why =
      `the controllers know ${holder} under the id ${this.#enrolment.brokerId} of ${brokerName}, which is that of ${address} too: one of the two runs on a copy of the other's directory. ` +
      `To go on with this one: stop ${holder}, and start this one anew. Else stop this one, and give it a store directory and a brokerIdentity of its own`;
    if (why !== this.#masterless) this.#platform.logger.error('This broker serves nothing', { reason: why });
    this.#masterless = why;
    this.#replaced = true;
    this.#roles.becomeFenced(why);
    // Refused while the other one lives; when that is gone, the controllers have to know this address again.
    this.#enrol();
  }

  // --- learning who is master --------------------------------------------------------------------------------------

  #ask(): void {
    const { brokerId, enrolled } = this.#enrolment;
    if (this.#asking || this.#stopped || !enrolled) return;
    this.#asking = true;
    const halts = this.#halts;
    const asked = { ...this.#brokerName, brokerId, brokerAddress: this.#settings.address };
    this.#controllers.ask(getReplicaInfo, asked, undefined, (answer) => {
      this.#asking = false;
      if (this.#stopped) return;
      // What was asked before says nothing of the time since.
      if (halts !== this.#halts) return this.#ask();
      if (typeof answer === 'string') return this.#unknown(answer);
      if (answer.code === ResponseCode.CONTROLLER_BROKER_METADATA_NOT_EXIST) return this.#enrol();
      const set = answer.code === ResponseCode.SUCCESS ? decodeSet(answer.body) : undefined;
      if (set === undefined) return this.#unknown(answer.remark);
      const { masterBrokerId: masterId, masterAddress, masterEpoch = 0, uncleanEpoch, setId, heldBy } = answer.header;
      if (heldBy !== undefined) return this.#replacedByCopy(heldBy);
      this.#haltsOver = halts;
      this.heard({ masterId, masterAddress, masterEpoch, syncStateSet: set, uncleanEpoch, setId });
    });
  }

  /** The controllers know of no master: whoever asks may become it, if it has everything. */
  #withoutMaster(masterEpoch: number, known: number): void {
    if (masterEpoch > known) this.#roles.becomeFenced('the controller deposed the master, and has no other yet');
    this.#elect();
  }

  /** An answer that was overtaken by a notice; or controllers that lost what they had agreed on. */
  #outdated(masterEpoch: number, known: number): void {
    this.#platform.logger.warn('The controllers speak of an older master epoch than this broker knows', {
      theirs: masterEpoch,
      known,
    });
  }

  #elect(): void {
    const { brokerId } = this.#enrolment;
    if (brokerId === undefined || this.#asking) return;
    this.#asking = true;
    const { clusterName } = this.#settings;
    const asked = { clusterName, ...this.#brokerName, brokerId, designateElect: false, invokeTime: this.#nowMs() };
    this.#controllers.ask(electMaster, asked, undefined, (answer) => {
      this.#asking = false;
      if (this.#stopped) return;
      if (typeof answer === 'string') return this.#unknown(answer);
      const { masterBrokerId: masterId, masterAddress, masterEpoch } = answer.header;
      // The answer says nothing of the whole set: the question does.
      if (masterId !== undefined && masterEpoch !== undefined && masterAddress !== undefined) return this.#ask();
      this.#unknown(answer.remark);
    });
  }

  /** No news: asks again soon while there is no master, and says so once. */
  #unknown(reason: string): void {
    if (this.#roles.position().role !== 'fenced') return;
    if (reason !== this.#masterless) this.#platform.logger.warn('This broker waits for a master', { reason });
    this.#masterless = reason;
    if (this.#hurry !== undefined) return;
    this.#hurry = this.#platform.timers.after(HURRY_MS, () => {
      this.#hurry = undefined;
      this.#ask();
    });
  }

  get #brokerName(): { readonly brokerName: string } {
    return { brokerName: this.#settings.brokerName };
  }

  #nowMs(): number {
    return this.#platform.clock.nowMs();
  }
}
