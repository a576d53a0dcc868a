import type { BrokerConfig } from '../../src/broker/config/broker-config.ts';
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
 * start is refused then; later it can only be told.
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
      if (address === undefined || address === own || !(await this.#isAlive(address))) continue;
      return `brokerName=${brokerName}: ${address} is the master of this set already. Give this broker a brokerName of its own, or make it a slave (brokerRole=SLAVE, brokerId=1)`;
    }
    return undefined;
  }

  async #masterAt(nameServer: string): Promise<string | undefined> {
    const answer = await this.#client.request(nameServer, getClusterInfo.code, {}, { timeoutMs: PATIENCE_MS });
    if (typeof answer === 'string' || answer.code !== ResponseCode.SUCCESS) return undefined;
    const info = clusterInfo.decode(answer.body);
    if (info instanceof Error) return undefined;
    return info.brokerAddrTable.get(this.#config.brokerName)?.brokerAddrs.get(MASTER_ID);
  }

  /** A name server may name one that is gone for two minutes more. */
  async #isAlive(address: string): Promise<boolean> {
    const answer = await this.#client.request(address, getBrokerConfig.code, {}, { timeoutMs: PATIENCE_MS });
    return typeof answer !== 'string';
  }
}
