import type { BrokerConfig } from '../../src/broker/config/broker-config.ts';
import { parseProperties } from '../../src/broker/config/properties.ts';
import type { Platform, Timer } from '../../src/platform/ports.ts';
import { clusterInfo } from '../../src/protocol/body/cluster-info.ts';
import { epochEntryCache } from '../../src/protocol/body/epoch-entry-cache.ts';
import { getBrokerConfig } from '../../src/protocol/command/get-broker-config.ts';
import { getBrokerEpochCache } from '../../src/protocol/command/get-broker-epoch-cache.ts';
import { getClusterInfo } from '../../src/protocol/command/get-cluster-info.ts';
import { FieldError } from '../../src/protocol/field-error.ts';
import type { RemotingCommand } from '../../src/protocol/remoting-command.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import { formatAddress } from '../../src/remoting/address.ts';
import type { RemotingClient } from '../../src/remoting/client.ts';

const PERIOD_MS = 30_000;
/** A start waits so long at most for each answer of a name server, or of another broker. */
const PATIENCE_MS = 1_000;
const MASTER_ID = 0;

/** What the controllers of a broker know of its set. */
export interface KnownSet {
  /** Identity of the set, as it was made at its first election; undefined: they never named a master of it. */
  readonly setId: string | undefined;
}

/** Asks the controllers of this broker; undefined where they do not say. */
export type AskControllers = (done: (set: KnownSet | undefined) => void) => void;

/**
 * Looks whether a name server knows another master of this broker's set, and whether that one is alive: two would share queues and overwrite each other's route. A
 * start is refused then; later it can only be told. In Controller mode the set has one master by rights, so that one counts which runs without a Controller, or under controllers
 * that know another set by this name. What tells sets apart is their identity: addresses change with each election, and controllers' addresses may read alike on two machines.
 */
export class SecondMasterWatch {
  readonly #platform: Platform;
  readonly #config: BrokerConfig;
  readonly #client: RemotingClient;
  readonly #askControllers: AskControllers | undefined;
  #timer: Timer | undefined;
  #told: string | undefined;
  #isOpen = false;

  /** `askControllers`: in Controller mode. */
  constructor(platform: Platform, config: BrokerConfig, client: RemotingClient, askControllers?: AskControllers) {
    this.#platform = platform;
    this.#config = config;
    this.#client = client;
    this.#askControllers = askControllers;
  }

  /** The last look found another master, and no controller said whether it is that of this set. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  start(): void {
    this.#timer = this.#platform.timers.every(PERIOD_MS, () => {
      void this.rival().then((rival) => {
        if (rival !== undefined && rival !== this.#told) this.#platform.logger.error(rival);
        this.#told = rival;
      });
    });
  }

  stop(): void {
    if (this.#timer !== undefined) this.#platform.timers.cancel(this.#timer);
  }

  /** One sentence about another master of this set that is alive; undefined if there is none. */
  async rival(): Promise<string | undefined> {
    const { brokerName, namesrvAddr } = this.#config;
    const nameServers = namesrvAddr.split(';').filter((address) => address.trim() !== '');
    const masters = await Promise.all(nameServers.map((address) => this.#masterAt(address.trim())));
    this.#isOpen = false;
    for (const address of new Set(masters)) {
      if (address === undefined || address === this.#own) continue;
      const ask = this.#askControllers;
      const why = await (ask === undefined ? this.#besidePlain(address) : this.#besideControlled(address, ask));
      if (why !== undefined) return `brokerName=${brokerName}: ${address} is the master of this set already${why}`;
    }
    return undefined;
  }

  get #own(): string {
    const { brokerIP1: host, listenPort: port } = this.#config;
    return formatAddress({ host, port });
  }

  async #masterAt(nameServer: string): Promise<string | undefined> {
    const answer = await this.#ask(nameServer, getClusterInfo.code);
    if (answer?.code !== ResponseCode.SUCCESS) return undefined;
    const info = clusterInfo.decode(answer.body);
    if (info instanceof Error) return undefined;
    return info.brokerAddrTable.get(this.#config.brokerName)?.brokerAddrs.get(MASTER_ID);
  }

  /** What a master without a Controller has to say of another one. */
  async #besidePlain(address: string): Promise<string | undefined> {
    const other = await this.#controllersOf(address);
    if (other === undefined) return undefined;
    const remedy =
      other === ''
        ? 'make it a slave (brokerRole=SLAVE, brokerId=1)'
        : `add it to that set (enableControllerMode=true, controllerAddr=${other}, and an empty storePathRootDir)`;
    const how = other === '' ? '' : ', and runs under a Controller';
    return `${how}. Give this broker a brokerName of its own, or ${remedy}`;
  }

  async #besideControlled(address: string, ask: AskControllers): Promise<string | undefined> {
    const answer = await this.#ask(address, getBrokerEpochCache.code);
    if (answer === undefined) return undefined;
    if (answer.code !== ResponseCode.SUCCESS) {
      if ((await this.#controllersOf(address)) !== '') return undefined;
      return ', and runs without a Controller. Give this broker a brokerName of its own, or stop that one first';
    }
    const setId = setOfMaster(answer);
    // Who is master no longer, or cannot tell (an older version, RocketMQ).
    if (setId === undefined) return undefined;
    // Asked after that master, so that they know of each election of theirs that it knows.
    const known = await new Promise<KnownSet | undefined>(ask);
    if (known === undefined) this.#isOpen = true;
    if (known === undefined || known.setId === setId) return undefined;
    const other = await this.#controllersOf(address);
    if (other === undefined) return undefined;
    return (
      ` by the word of its controllers (controllerAddr=${other}), but those of ${this.#own} (controllerAddr=${this.#config.controllerAddr}) know ` +
      `${known.setId === undefined ? 'no master of it' : 'another set by this name'}: these are two groups of controllers, each with a master of its own. ` +
      'Give all brokers of a set the controllers of one group, or give this broker a brokerName of its own'
    );
  }

  /** Which controllers a broker has [controllerAddr]; '': it runs without. Undefined: it is gone, as a name server may name it for two minutes more. */
  async #controllersOf(address: string): Promise<string | undefined> {
    const answer = await this.#ask(address, getBrokerConfig.code);
    if (answer === undefined) return undefined;
    const { entries } = parseProperties(answer.body.toString());
    const value = (name: string) => entries.find(({ key }) => key === name)?.value.trim() ?? '';
    return value('enableControllerMode') === 'true' ? value('controllerAddr') || '?' : '';
  }

  async #ask(address: string, code: number): Promise<RemotingCommand | undefined> {
    const answer = await this.#client.request(address, code, {}, { timeoutMs: PATIENCE_MS });
    return typeof answer === 'string' ? undefined : answer;
  }
}

/** Identity of the set of which a broker says that it is master. */
function setOfMaster(answer: RemotingCommand): string | undefined {
  const body = epochEntryCache.decode(answer.body);
  const header = getBrokerEpochCache.decodeResponse(answer.extFields);
  if (body instanceof Error || header instanceof FieldError || body.brokerId !== MASTER_ID) return undefined;
  return header.setId;
}
