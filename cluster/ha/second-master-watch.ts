import type { BrokerConfig } from '../../src/broker/config/broker-config.ts';
import { parseProperties } from '../../src/broker/config/properties.ts';
import type { Platform, Timer } from '../../src/platform/ports.ts';
import { clusterInfo } from '../../src/protocol/body/cluster-info.ts';
import { getBrokerConfig } from '../../src/protocol/command/get-broker-config.ts';
import { getClusterInfo } from '../../src/protocol/command/get-cluster-info.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import { formatAddress } from '../../src/remoting/address.ts';
import type { RemotingClient } from '../../src/remoting/client.ts';

const PERIOD_MS = 30_000;
/** A start waits so long for each answer at most. */
const PATIENCE_MS = 1_000;
const MASTER_ID = 0;

/**
 * Looks whether a name server knows another master of this broker's set, and whether that one is alive: two would share queues and overwrite each other's route. A
 * start is refused then; later it can only be told. In Controller mode the set has one master by rights, so that only one without a Controller counts.
 */
export class SecondMasterWatch {
  readonly #platform: Platform;
  readonly #config: BrokerConfig;
  readonly #client: RemotingClient;
  #timer: Timer | undefined;
  #told: string | undefined;

  constructor(platform: Platform, config: BrokerConfig, client: RemotingClient) {
    this.#platform = platform;
    this.#config = config;
    this.#client = client;
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
    const { brokerName, namesrvAddr, brokerIP1, listenPort } = this.#config;
    const own = formatAddress({ host: brokerIP1, port: listenPort });
    const nameServers = namesrvAddr.split(';').filter((address) => address.trim() !== '');
    const masters = await Promise.all(nameServers.map((address) => this.#masterAt(address.trim())));
    for (const address of new Set(masters)) {
      if (address === undefined || address === own) continue;
      const controlled = await this.#isControlled(address);
      if (controlled === undefined || (controlled && this.#config.enableControllerMode)) continue;
      return `brokerName=${brokerName}: ${address} is the master of this set already${this.#remedy}`;
    }
    return undefined;
  }

  get #remedy(): string {
    if (this.#config.enableControllerMode)
      return ', and runs without a Controller. Give this broker a brokerName of its own, or stop that one first';
    return '. Give this broker a brokerName of its own, or make it a slave (brokerRole=SLAVE, brokerId=1)';
  }

  async #masterAt(nameServer: string): Promise<string | undefined> {
    const answer = await this.#client.request(nameServer, getClusterInfo.code, {}, { timeoutMs: PATIENCE_MS });
    if (typeof answer === 'string' || answer.code !== ResponseCode.SUCCESS) return undefined;
    const info = clusterInfo.decode(answer.body);
    if (info instanceof Error) return undefined;
    return info.brokerAddrTable.get(this.#config.brokerName)?.brokerAddrs.get(MASTER_ID);
  }

  /** Whether it is a master by a Controller's word. Undefined: it is gone, as a name server may name it for two minutes more. */
  async #isControlled(address: string): Promise<boolean | undefined> {
    const answer = await this.#client.request(address, getBrokerConfig.code, {}, { timeoutMs: PATIENCE_MS });
    if (typeof answer === 'string') return undefined;
    const { entries } = parseProperties(answer.body.toString());
    return entries.some(({ key, value }) => key === 'enableControllerMode' && value.trim() === 'true');
  }
}
