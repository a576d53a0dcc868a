import { BrokerClient } from '../../src/client/broker-client.ts';
import { ClientError } from '../../src/client/errors.ts';
import { NameServerClient } from '../../src/client/name-server-client.ts';
import type { Platform } from '../../src/platform/ports.ts';
import { type ClusterInfo, clusterInfo } from '../../src/protocol/body/cluster-info.ts';
import { getClusterInfo } from '../../src/protocol/command/get-cluster-info.ts';
import { RemotingClient } from '../../src/remoting/client.ts';

const PATIENCE_MS = 1_000;
const MASTER_ID = 0;

/** What the name server of a group says about its brokers. */
export class GroupView {
  readonly #remoting: RemotingClient;
  readonly #nameServer: NameServerClient;

  constructor(platform: Platform, nameServer: string) {
    this.#remoting = new RemotingClient({ platform });
    this.#nameServer = new NameServerClient(new BrokerClient(this.#remoting), {
      addresses: [nameServer],
      firstIndex: 0,
    });
  }

  /** Undefined while the name server cannot be reached. */
  async clusterInfo(): Promise<ClusterInfo | undefined> {
    try {
      const { body } = await this.#nameServer.request(getClusterInfo, {}, { timeoutMs: PATIENCE_MS });
      const info = clusterInfo.decode(body);
      return info instanceof Error ? undefined : info;
    } catch (error) {
      if (error instanceof ClientError) return undefined;
      throw error;
    }
  }

  /** Address of the broker that is registered as master, if there is one. A group is one broker name. */
  async masterAddress(): Promise<string | undefined> {
    return (await this.masterAddresses())?.[0];
  }

  /** Addresses of all brokers that are registered as masters; undefined while the name server cannot be reached. */
  async masterAddresses(): Promise<readonly string[] | undefined> {
    return await this.#addresses((brokers) => brokers.get(MASTER_ID) ?? []);
  }

  /** Addresses of all brokers that are registered; undefined while the name server cannot be reached. */
  async brokerAddresses(): Promise<readonly string[] | undefined> {
    return await this.#addresses((brokers) => [...brokers.values()]);
  }

  /** Those that are picked of the brokers of each name, which are there by their ids. */
  async #addresses(
    pick: (brokers: ReadonlyMap<number, string>) => string | readonly string[],
  ): Promise<readonly string[] | undefined> {
    const info = await this.clusterInfo();
    return info && [...info.brokerAddrTable.values()].flatMap(({ brokerAddrs }) => pick(brokerAddrs));
  }

  close(): void {
    this.#remoting.close();
  }
}
