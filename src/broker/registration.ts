import type { Platform, Timer } from '../platform/ports.ts';
import { encodeCompressedRegistration, registerBrokerBody } from '../protocol/body/register-broker-body.ts';
import { registerBroker } from '../protocol/command/register-broker.ts';
import { unregisterBroker } from '../protocol/command/unregister-broker.ts';
import { FieldError } from '../protocol/field-error.ts';
import { bodyCrc } from '../protocol/message/record.ts';
import type { RemotingCommand } from '../protocol/remoting-command.ts';
import { ResponseCode } from '../protocol/response-code.ts';
import type { RemotingClient } from '../remoting/client.ts';
import { type BrokerConfig, splitList } from './config/broker-config.ts';
import type { Mastership } from './mastership.ts';
import type { BrokerState } from './state/broker-state.ts';
import type { TopicConfig } from './topic/topic-config.ts';

export interface RegistrationOptions {
  readonly platform: Platform;
  readonly config: BrokerConfig;
  readonly state: BrokerState;
  readonly mastership: Mastership;
  readonly client: RemotingClient;
  /** `brokerIP1:listenPort`, under which clients reach this broker. */
  readonly brokerAddress: string;
  /** A name server answered a broker that is not the master with where the master is. */
  readonly heardOfMaster: (master: MasterHint) => void;
}

/** Where the master of a set is, as a name server knows it. */
export interface MasterHint {
  /** `ip:port` for clients. */
  readonly address: string;
  /** `ip:port` for slaves. */
  readonly haAddress: string;
}

/** How long a stopping broker waits for name servers to take its leave, ms. */
const LEAVE_MS = 1_000;
const READ_WRITE = 6;
/** Pauses before a failed registration is tried again: each twice the one before. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

/**
 * Tells every name server of `namesrvAddr` who this broker is and which topics it has: regularly, and at once when its role or topics change.
 * The name servers are independent: one that is dead delays nothing.
 */
export class Registration {
  readonly #options: RegistrationOptions;
  readonly #nameServers: readonly NameServer[];
  #timer: Timer | undefined;
  #planned = false;
  #stopped = false;
  #announced: Announced | undefined;
  readonly #endOfTurn = (): void => {
    this.#planned = false;
    if (!this.#stopped) for (const nameServer of this.#nameServers) this.#register(nameServer);
  };

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#nameServers = splitList(options.config.namesrvAddr).map((address) => new NameServer(address));
  }

  start(): void {
    const { platform, config } = this.#options;
    this.#timer = platform.timers.every(config.registerNameServerPeriod, () => this.changed());
    this.changed();
  }

  /**
   * Calls `done` once each name server has taken the registration or refused or failed a first try, and after `longestMs` at the latest. Not called
   * if the broker stops before. One call per start.
   */
  whenAnnounced(longestMs: number, done: () => void): void {
    this.#announced = { done, timer: this.#options.platform.timers.after(longestMs, () => this.#endAnnouncement()) };
    this.#checkAnnounced();
  }

  /** Role or topics changed: registers at the end of this turn. */
  changed(): void {
    if (this.#planned || this.#stopped || this.#nameServers.length === 0) return;
    this.#planned = true;
    this.#options.platform.timers.endOfTurn(this.#endOfTurn);
  }

  /** A connection of this broker ended. To a name server that it was registered with: that one takes it for dead, so it registers anew. */
  connectionClosed(address: string): void {
    const nameServer = this.#nameServers.find((one) => one.address === address);
    if (nameServer === undefined || this.#stopped || nameServer.inFlight > 0) return;
    this.#retryLater(nameServer);
  }

  /** Leaves all name servers; `done` comes when they have answered or a second has passed. */
  stop(done: () => void): void {
    const { platform, client, config, brokerAddress, mastership } = this.#options;
    this.#stopped = true;
    if (this.#timer !== undefined) platform.timers.cancel(this.#timer);
    if (this.#announced !== undefined) platform.timers.cancel(this.#announced.timer);
    this.#announced = undefined;
    for (const { retry } of this.#nameServers) if (retry !== undefined) platform.timers.cancel(retry);
    let missing = this.#nameServers.length;
    if (missing === 0) {
      done();
      return;
    }
    const fields = unregisterBroker.encodeRequest({
      brokerName: config.brokerName,
      brokerAddr: brokerAddress,
      clusterName: config.brokerClusterName,
      brokerId: mastership.brokerId,
    });
    for (const { address } of this.#nameServers) {
      client.invoke(address, unregisterBroker.code, fields, undefined, LEAVE_MS, () => {
        missing--;
        if (missing === 0) done();
      });
    }
  }

  #register(nameServer: NameServer): void {
    const { platform, client, config } = this.#options;
    const role = this.#options.mastership.brokerId;
    // Topics that come one by one wait for the answer to the registration before them; a new role does not.
    if (nameServer.inFlight > 0 && nameServer.registeredRole === role) {
      nameServer.again = true;
      return;
    }
    nameServer.inFlight++;
    nameServer.again = false;
    nameServer.registeredRole = role;
    const { fields, body } = this.#request();
    const timeoutMs = config.registerBrokerTimeoutMills;
    client.invoke(nameServer.address, registerBroker.code, fields, body, timeoutMs, (response, failure) => {
      nameServer.inFlight--;
      const problem =
        response === undefined
          ? (failure ?? 'no answer')
          : response.code === ResponseCode.SUCCESS
            ? undefined
            : `code ${response.code}: ${response.remark ?? ''}`;
      nameServer.report(platform, problem);
      if (this.#stopped) return;
      nameServer.tried = true;
      this.#checkAnnounced();
      if (problem === undefined && response !== undefined) this.#tellOfMaster(response);
      if (problem !== undefined) this.#retryLater(nameServer);
      else if (nameServer.again) this.#register(nameServer);
    });
  }

  #tellOfMaster({ extFields }: RemotingCommand): void {
    const answer = registerBroker.decodeResponse(extFields);
    if (answer instanceof FieldError) return;
    const { masterAddr, haServerAddr } = answer;
    if (masterAddr !== undefined && masterAddr !== '' && haServerAddr !== undefined)
      this.#options.heardOfMaster({ address: masterAddr, haAddress: haServerAddr });
  }

  #checkAnnounced(): void {
    if (this.#nameServers.every(({ tried }) => tried)) this.#endAnnouncement();
  }

  #endAnnouncement(): void {
    const announced = this.#announced;
    if (announced === undefined) return;
    this.#announced = undefined;
    this.#options.platform.timers.cancel(announced.timer);
    announced.done();
  }

  /** A name server that starts after the broker, or again, should not wait for the next period. */
  #retryLater(nameServer: NameServer): void {
    const { timers } = this.#options.platform;
    if (nameServer.retry !== undefined) timers.cancel(nameServer.retry);
    nameServer.retry = timers.after(nameServer.retryMs, () => {
      nameServer.retry = undefined;
      if (!this.#stopped && nameServer.inFlight === 0) this.#register(nameServer);
    });
    nameServer.retryMs = Math.min(nameServer.retryMs * 2, LAST_RETRY_MS);
  }

  #request(): { fields: Record<string, string>; body: Buffer } {
    const { config, mastership, brokerAddress } = this.#options;
    const body = this.#body();
    const fields = registerBroker.encodeRequest({
      brokerName: config.brokerName,
      brokerAddr: brokerAddress,
      clusterName: config.brokerClusterName,
      haServerAddr: `${config.brokerIP2}:${config.haListenPort}`,
      brokerId: mastership.brokerId,
      enableActingMaster: false,
      compressed: config.compressedRegister,
      bodyCrc32: bodyCrc(body),
    });
    return { fields, body };
  }

  #body(): Buffer {
    const { config, state, mastership } = this.#options;
    const topics = state.topics
      .all()
      .map((topic) => [topic.topicName, masked(topic, config.brokerPermission)] as const);
    // A name server keeps the higher state version silently: the epoch makes the newest master win (raft/SAFETY.md 4).
    const dataVersion = { ...state.topics.dataVersion, stateVersion: mastership.epoch };
    const registration = {
      topicConfigSerializeWrapper: { topicConfigTable: new Map(topics), dataVersion },
      filterServerList: [],
    };
    return config.compressedRegister
      ? encodeCompressedRegistration(registration)
      : registerBrokerBody.encode(registration);
  }
}

interface Announced {
  readonly done: () => void;
  readonly timer: Timer;
}

class NameServer {
  readonly address: string;
  inFlight = 0;
  /** A registration has been answered, or has failed. */
  tried = false;
  again = false;
  registeredRole: number | undefined;
  retry: Timer | undefined;
  retryMs = FIRST_RETRY_MS;
  #problem: string | undefined;
  #known = false;

  constructor(address: string) {
    this.address = address;
  }

  /** Logs changes only: a name server that is down for hours is one line. */
  report({ logger }: Platform, problem: string | undefined): void {
    if (problem === undefined) this.retryMs = FIRST_RETRY_MS;
    if (this.#known && problem === this.#problem) return;
    this.#known = true;
    this.#problem = problem;
    const fields = { nameServer: this.address, brokerId: this.registeredRole };
    if (problem === undefined) logger.info('Registered with a name server', fields);
    else logger.warn('Could not register with a name server; goes on trying', { ...fields, reason: problem });
  }
}

/** A broker that may not be read or written says so for each of its topics. */
function masked(topic: TopicConfig, brokerPermission: number): TopicConfig {
  const mayAll = (brokerPermission & READ_WRITE) === READ_WRITE;
  return mayAll ? topic : { ...topic, perm: topic.perm & brokerPermission };
}
