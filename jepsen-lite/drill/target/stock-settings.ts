import { HOST, type PortPlan } from '../../../cluster/launch/ports.ts';
import type { StockTarget } from '../plan/plan.ts';
import type { StockMember } from './stock-processes.ts';

/** What the settings of a group's processes are made of. */
export interface StockSettingsOptions {
  readonly plan: PortPlan;
  readonly mode: StockTarget['mode'];
  readonly brokerKeys: Readonly<Record<string, string>>;
  /** Where a member has to dial an address of the group. */
  readonly detour: (member: string, address: string) => string;
}

type Settings = Readonly<Record<string, string>>;

/** RocketMQ keeps the controller's port two above the name server's. */
function controllerAddress({ nameServer }: PortPlan): string {
  return `${HOST}:${nameServer + 2}`;
}

/** Of the name server; `store` is the folder of a Controller inside it. */
export function nameServerSettings({ plan, mode }: StockSettingsOptions, store: string): Settings {
  const listenPort = String(plan.nameServer);
  if (mode === 'dledger') return { listenPort };
  return {
    listenPort,
    enableControllerInNamesrv: 'true',
    controllerDLegerGroup: 'group1',
    controllerDLegerPeers: `n0-${controllerAddress(plan)}`,
    controllerDLegerSelfId: 'n0',
    controllerStorePath: store,
  };
}

/** Of a broker, whose data lie in `store`. */
export function brokerSettings(
  options: StockSettingsOptions,
  member: StockMember,
  members: readonly StockMember[],
  store: string,
): Settings {
  const { plan, mode, brokerKeys, detour } = options;
  return {
    brokerIP1: HOST,
    listenPort: String(member.listen),
    namesrvAddr: detour(member.name, `${HOST}:${plan.nameServer}`),
    storePathRootDir: store,
    storePathCommitLog: `${store}/commitlog`,
    autoCreateTopicEnable: 'true',
    // Files of the usual size take a gigabyte of this machine's disk for each member.
    mappedFileSizeCommitLog: String(64 << 20),
    ...(mode === 'dledger' ? groupKeys(options, member, members) : setKeys(options, member)),
    ...brokerKeys,
  };
}

/** Of a member of a DLedger group. */
function groupKeys({ detour }: StockSettingsOptions, member: StockMember, members: readonly StockMember[]): Settings {
  const peerAddress = (other: StockMember): string => {
    const address = `${HOST}:${other.peer}`;
    return other === member ? address : detour(member.name, address);
  };
  return {
    brokerClusterName: 'RaftCluster',
    brokerName: 'RaftNode00',
    enableDLegerCommitLog: 'true',
    dLegerGroup: 'RaftNode00',
    dLegerPeers: members.map((other) => `${other.name}-${peerAddress(other)}`).join(';'),
    dLegerSelfId: member.name,
  };
}

/** Of a broker in Controller mode, as in RocketMQ's own conf/controller. */
function setKeys({ plan, detour }: StockSettingsOptions, { name, listen }: StockMember): Settings {
  return {
    brokerClusterName: 'DefaultCluster',
    brokerName: 'broker-a',
    brokerId: '-1',
    brokerRole: 'SLAVE',
    enableControllerMode: 'true',
    controllerAddr: detour(name, controllerAddress(plan)),
    allAckInSyncStateSet: 'true',
    haListenPort: String(listen + 1),
  };
}
