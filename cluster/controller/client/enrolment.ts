import type { Platform, Timer } from '../../../src/platform/ports.ts';
import { applyBrokerId } from '../../../src/protocol/command/apply-broker-id.ts';
import { getNextBrokerId } from '../../../src/protocol/command/get-next-broker-id.ts';
import { getReplicaInfo } from '../../../src/protocol/command/get-replica-info.ts';
import {
  type RegisterBrokerToControllerRequest,
  registerBrokerToController,
} from '../../../src/protocol/command/register-broker-to-controller.ts';
import { ResponseCode } from '../../../src/protocol/response-code.ts';
import type { DirectoryMarks } from '../../ha/replica-roles.ts';
import type { BrokerIdentity, SetName, WantedId } from './broker-identity.ts';
import type { ControllerClient } from './controller-client.ts';
import { decodeSet, type SetNews } from './set-news.ts';

/** Longest pause before the next try, ms; drawn, so that brokers of a set that start together do not ask for the same id again and again. */
const LONGEST_PAUSE_MS = 300;

export interface EnrolmentName extends SetName {
  /** `ip:port` for clients. */
  readonly address: string;
  /** Never in sync, nor master [asyncLearner]. */
  readonly learner: boolean;
}

/** What a broker has after it registered. */
export interface Enrolled {
  readonly brokerId: number;
  /** Undefined while there is no live master. */
  readonly set: SetNews | undefined;
}

/** What a broker says of its own log when it registers (ReplicaRoles). */
export interface OwnLog {
  readonly inDoubt: boolean;
  renounce(masterEpoch: number): number | undefined;
  readonly directory: DirectoryMarks;
  position(): { readonly maxPosition: number };
  /** Newest epoch that it has, or that this broker began. */
  readonly newestEpoch: number;
}

/** Registers a broker with the controllers: gets an id first if it has none. Tries until it is there. */
export class Enrolment {
  readonly #platform: Platform;
  readonly #name: EnrolmentName;
  readonly #identity: BrokerIdentity;
  readonly #controllers: ControllerClient;
  #pause: Timer | undefined;
  #busy = false;
  #stopped = false;
  #enrolled = false;
  #everEnrolled = false;
  #problem = '';

  constructor(platform: Platform, name: EnrolmentName, identity: BrokerIdentity, controllers: ControllerClient) {
    this.#platform = platform;
    this.#name = name;
    this.#identity = identity;
    this.#controllers = controllers;
  }

  get brokerId(): number | undefined {
    return this.#identity.brokerId;
  }

  /** The controllers know this broker. */
  get enrolled(): boolean {
    return this.#enrolled;
  }

  /** The controllers heard of this process, and so whether its log is in doubt. */
  get everEnrolled(): boolean {
    return this.#everEnrolled;
  }

  stop(): void {
    this.#stopped = true;
    if (this.#pause !== undefined) this.#platform.timers.cancel(this.#pause);
  }

  /** Gets an id, if this broker has none; `done` comes once, when it has. */
  identify(done: (brokerId: number) => void): void {
    if (this.#stopped) return;
    const again = (problem: string): void => this.#later(problem, () => this.identify(done));
    const next = (): void => this.identify(done);
    const { brokerId, wanted } = this.#identity;
    if (brokerId !== undefined) done(brokerId);
    else if (wanted !== undefined) this.#apply(wanted, next, again);
    else this.#want(next, again);
  }

  /** Registers; `done` comes once, when it worked. A call while another is under way does nothing. */
  enrol(ownLog: OwnLog, done: (enrolled: Enrolled) => void): void {
    if (this.#busy || this.#stopped) return;
    this.#busy = true;
    this.#enrolled = false;
    this.identify((brokerId) => this.#tell(brokerId, ownLog, done));
  }

  #want(next: () => void, again: (problem: string) => void): void {
    const { clusterName, brokerName, address } = this.#name;
    this.#controllers.ask(getNextBrokerId, { clusterName, brokerName }, undefined, (answer) => {
      if (typeof answer === 'string') return again(answer);
      const { nextBrokerId } = answer.header;
      if (answer.code !== ResponseCode.SUCCESS || nextBrokerId === undefined) return again(answer.remark);
      this.#identity.want({ brokerId: nextBrokerId, checkCode: `${address};${this.#platform.clock.nowMs()}` });
      next();
    });
  }

  #apply(wanted: WantedId, next: () => void, again: (problem: string) => void): void {
    const { clusterName, brokerName } = this.#name;
    const header = {
      clusterName,
      brokerName,
      appliedBrokerId: wanted.brokerId,
      registerCheckCode: wanted.checkCode,
    };
    this.#controllers.ask(applyBrokerId, header, undefined, (answer) => {
      if (typeof answer === 'string') return again(answer);
      if (answer.code === ResponseCode.SUCCESS) {
        this.#identity.keep(wanted.brokerId);
        return next();
      }
      if (answer.code === ResponseCode.CONTROLLER_BROKER_ID_INVALID) this.#identity.giveUp();
      again(answer.remark);
    });
  }

  /** One in doubt says first what it never began: it may have been elected while it was gone. */
  #tell(brokerId: number, ownLog: OwnLog, done: (enrolled: Enrolled) => void): void {
    if (this.#stopped) return;
    const again = (problem: string): void => this.#later(problem, () => this.#tell(brokerId, ownLog, done));
    if (!ownLog.inDoubt) {
      this.#register(brokerId, ownLog, { inDoubt: false }, done, again);
      return;
    }
    const { brokerName } = this.#name;
    this.#controllers.ask(getReplicaInfo, { brokerName }, undefined, (answer) => {
      if (typeof answer === 'string') return again(answer);
      const isUnknown = answer.code === ResponseCode.CONTROLLER_BROKER_METADATA_NOT_EXIST;
      // Who does not know the set of now (2007, 1) says nothing of its epoch: to register without one would empty the set for good.
      if (answer.code !== ResponseCode.SUCCESS && !isUnknown) return again(answer.remark);
      const known = isUnknown ? undefined : answer.header.masterEpoch;
      const begunEpoch = known === undefined ? undefined : ownLog.renounce(known);
      const said = { inDoubt: true, begunEpoch, renouncedEpoch: known, knownEpoch: known ?? 0 };
      this.#register(brokerId, ownLog, said, done, again);
    });
  }

  #register(
    brokerId: number,
    ownLog: OwnLog,
    doubt: Pick<RegisterBrokerToControllerRequest, 'inDoubt' | 'begunEpoch' | 'renouncedEpoch' | 'knownEpoch'>,
    done: (enrolled: Enrolled) => void,
    again: (problem: string) => void,
  ): void {
    if (this.#stopped) return;
    const { clusterName, brokerName, address: brokerAddress, learner: asyncLearner } = this.#name;
    const invokeTime = this.#platform.clock.nowMs();
    const { newestEpoch: epoch, directory } = ownLog;
    const { setId } = directory;
    const log = { epoch, maxOffset: ownLog.position().maxPosition, setId };
    const own = { ...doubt, asyncLearner, ...log, starts: directory.starts.join(' ') };
    const header = { clusterName, brokerName, brokerId, brokerAddress, ...own, invokeTime };
    this.#controllers.ask(registerBrokerToController, header, undefined, (answer) => {
      if (typeof answer === 'string') return again(answer);
      if (answer.code === ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED)
        return again(this.#strangerText(brokerId));
      // The epoch that it was told is over: each time that this comes there was an election in between.
      if (answer.code === ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH) return this.#tell(brokerId, ownLog, done);
      if (answer.code !== ResponseCode.SUCCESS) return again(answer.remark);
      directory.registered();
      if (answer.remark !== '') this.#platform.logger.warn('Registered in doubt', { reason: answer.remark });
      this.#busy = false;
      this.#enrolled = true;
      this.#everEnrolled = true;
      this.#problem = '';
      const { masterBrokerId: masterId, masterAddress, masterEpoch, uncleanEpoch, setId } = answer.header;
      const syncStateSet = decodeSet(answer.body);
      const hasMaster = masterId !== undefined && masterEpoch !== undefined && syncStateSet !== undefined;
      const set = hasMaster ? { masterId, masterAddress, masterEpoch, syncStateSet, uncleanEpoch, setId } : undefined;
      done({ brokerId, set });
    });
  }

  #strangerText(brokerId: number): string {
    return (
      `the controllers do not know broker ${brokerId} of ${this.#name.brokerName}: they were told to forget it, or they are others than ` +
      `those that gave it the id; remove ${this.#identity.path} to have this broker take a new id`
    );
  }

  #later(problem: string, next: () => void): void {
    if (this.#stopped) return;
    const { logger, timers, random } = this.#platform;
    if (problem !== this.#problem)
      logger.warn('Could not register with the controllers; goes on trying', { reason: problem });
    this.#problem = problem;
    this.#pause = timers.after(random.below(LONGEST_PAUSE_MS), next);
  }
}
