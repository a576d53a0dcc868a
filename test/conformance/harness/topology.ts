/** Whose servers a suite runs against, and how they hang together. */
export const servers = ['dledger', 'controller', '2m-2s-sync', 'master', 'stock', 'stock-dledger'] as const;
export type Server = (typeof servers)[number];

export type Settings = Readonly<Record<string, string>>;

/** Where the programs of one group stand on 127.0.0.1, all of them counted from the name server's port. */
export class Ports {
  readonly base: number;

  constructor(base: number) {
    this.base = base;
  }

  broker(index: number): number {
    return this.base + 10 * (index + 1);
  }

  get controller(): number {
    return this.base + 2;
  }

  /** The port of a DLedger member for the others. */
  peer(index: number): number {
    return this.base + 51 + index;
  }

  /** What has to be free, beside the base, for so many brokers. */
  static offsets(brokers: number): number[] {
    const each = Array.from({ length: brokers }, (_, index) => index);
    return [0, 2, ...each.flatMap((index) => [8, 10, 11, 15].map((at) => 10 * index + at)), ...each.map((i) => 51 + i)];
  }
}

/** One broker: the name that it shares with those that replicate with it, and its own keys. */
interface Member {
  readonly brokerName: string;
  readonly settings: (ports: Ports) => Settings;
}

export interface Topology {
  readonly clusterName: string;
  readonly members: readonly Member[];
  /** One of the brokers leads; if it is lost, another takes its place. */
  readonly elects: boolean;
  readonly nameServer: (ports: Ports, folder: string) => Settings;
}

const none = (): Settings => ({});

const single: Topology = {
  clusterName: 'DefaultCluster',
  members: [{ brokerName: 'broker-a', settings: () => ({ brokerId: '0' }) }],
  elects: false,
  nameServer: none,
};

const dledger: Topology = {
  clusterName: 'RaftCluster',
  members: [0, 1, 2].map((index) => ({
    brokerName: 'RaftNode00',
    settings: (ports) => ({
      enableDLegerCommitLog: 'true',
      dLegerGroup: 'RaftNode00',
      dLegerPeers: [0, 1, 2].map((each) => `n${each}-127.0.0.1:${ports.peer(each)}`).join(';'),
      dLegerSelfId: `n${index}`,
    }),
  })),
  elects: true,
  nameServer: none,
};

/** A name server with the controller inside, and a set of so many brokers. */
export function controllerTopology(brokers: number): Topology {
  const member: Member = {
    brokerName: 'broker-a',
    settings: (ports) => ({
      brokerId: '-1',
      brokerRole: 'SLAVE',
      enableControllerMode: 'true',
      allAckInSyncStateSet: 'true',
      controllerAddr: `127.0.0.1:${ports.controller}`,
    }),
  };
  return {
    clusterName: 'DefaultCluster',
    members: Array.from({ length: brokers }, () => member),
    elects: true,
    nameServer: (ports, folder) => ({
      enableControllerInNamesrv: 'true',
      controllerDLegerGroup: 'group1',
      controllerDLegerPeers: `n0-127.0.0.1:${ports.controller}`,
      controllerDLegerSelfId: 'n0',
      controllerStorePath: `${folder}/controller`,
    }),
  };
}

const twoPairs: Topology = {
  clusterName: 'DefaultCluster',
  members: ['broker-a', 'broker-b'].flatMap((brokerName) => [
    { brokerName, settings: () => ({ brokerId: '0', brokerRole: 'SYNC_MASTER' }) },
    { brokerName, settings: () => ({ brokerId: '1', brokerRole: 'SLAVE' }) },
  ]),
  elects: false,
  nameServer: none,
};

const topologies: Readonly<Record<Server, Topology>> = {
  dledger,
  controller: controllerTopology(3),
  '2m-2s-sync': twoPairs,
  master: single,
  stock: single,
  'stock-dledger': dledger,
};

export const topologyOf = (server: Server): Topology => topologies[server];
