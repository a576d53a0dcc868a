import type { Overrides } from './conf-copies.ts';
import { controllerPort, HOST, type PortPlan } from './ports.ts';

/** One broker of a layout: its name in the launcher, and the shipped file that it starts from, under `conf/`. */
export interface LayoutBroker {
  readonly name: string;
  readonly file: string;
}

/** Shipped configuration files that belong together, and what they need so that all run on one machine. */
export interface Layout {
  /** As `--conf` names it: the folder under `conf/`, or what is one or two brokers. */
  readonly name: string;
  readonly brokers: (count: number) => readonly LayoutBroker[];
  /** How many brokers there are; undefined: as many as asked for. */
  readonly count: number | undefined;
  /** Port beside the client's over which the brokers replicate. */
  readonly replicatesOver: 'peer' | 'ha';
  /** One broker is elected: it is the leader, and there is one at most. */
  readonly elects: boolean;
  /** Keys of one broker that depend on the ports. */
  readonly brokerKeys: (plan: PortPlan, index: number) => Overrides;
  readonly nameServers: readonly LayoutNameServer[];
}

/** One name server: its name in the launcher, its shipped file, if it has one, and its keys that depend on ports and folder. */
export interface LayoutNameServer {
  readonly name: string;
  readonly file?: string;
  readonly keys?: (plan: PortPlan, storeDirectory: string) => Overrides;
}

/** Name of the first name server among the processes of a group. */
export const NAME_SERVER = 'namesrv';

const SHIPPED_MEMBERS = 3;

const dledger: Layout = {
  name: 'dledger',
  // Members beyond the shipped ones start from the first.
  brokers: (count) =>
    Array.from({ length: count }, (_, index) => {
      return { name: `n${index}`, file: `dledger/broker-n${index < SHIPPED_MEMBERS ? index : 0}.conf` };
    }),
  count: undefined,
  replicatesOver: 'peer',
  elects: true,
  nameServers: [{ name: NAME_SERVER }],
  brokerKeys: (plan, index) => ({
    dLegerPeers: plan.brokers.map(({ peer }, each) => `n${each}-${HOST}:${peer}`).join(';'),
    dLegerSelfId: `n${index}`,
  }),
};

/** The same with a second name server. */
const twoNameServers: Layout = {
  ...dledger,
  name: 'dledger-2-namesrv',
  nameServers: [{ name: NAME_SERVER }, { name: `${NAME_SERVER}-n1` }],
};

/** Three brokers of a set, and name servers with a controller in each; these start from the given files. */
function controlled(name: string, files: readonly string[]): Layout {
  const controllers = (plan: PortPlan): string[] => files.map((_, each) => `${HOST}:${controllerPort(plan, each)}`);
  const peers = (plan: PortPlan): string =>
    controllers(plan)
      .map((address, each) => `n${each}-${address}`)
      .join(';');
  return {
    name,
    brokers: () =>
      ['n0', 'n1', 'n2'].map((each) => ({ name: each, file: `controller/quick-start/broker-${each}.conf` })),
    count: 3,
    replicatesOver: 'ha',
    elects: true,
    brokerKeys: (plan) => ({ controllerAddr: controllers(plan).join(';') }),
    nameServers: files.map((file, index) => ({
      name: index === 0 ? NAME_SERVER : `${NAME_SERVER}-n${index}`,
      file,
      keys: (plan, storeDirectory) => ({
        controllerDLegerPeers: peers(plan),
        controllerStorePath: `${storeDirectory}/controller`,
      }),
    })),
  };
}

const PLUGIN = 'cluster-3n-namesrv-plugin';

/** Brokers whose files say for ever what they are. `path`: of a broker's file, by the broker's name. */
function masterSlave(
  name: string,
  brokers: readonly string[],
  path: (broker: string) => string = (broker) => `${name}/${broker}.properties`,
): Layout {
  return {
    name,
    brokers: () => brokers.map((broker) => ({ name: broker, file: path(broker) })),
    count: brokers.length,
    replicatesOver: 'ha',
    elects: false,
    nameServers: [{ name: NAME_SERVER }],
    brokerKeys: () => ({}),
  };
}

const TWO_PAIRS = ['broker-a', 'broker-a-s', 'broker-b', 'broker-b-s'];

export const DEFAULT_LAYOUT = dledger.name;

export const layouts: readonly Layout[] = [
  dledger,
  twoNameServers,
  controlled('controller', ['controller/quick-start/namesrv.conf']),
  controlled(
    PLUGIN,
    [0, 1, 2].map((index) => `controller/${PLUGIN}/namesrv-n${index}.conf`),
  ),
  masterSlave('2m-2s-async', TWO_PAIRS),
  masterSlave('2m-2s-sync', TWO_PAIRS),
  // Its third file, broker-trace, is for a broker of message traces alone.
  masterSlave('2m-noslave', ['broker-a', 'broker-b']),
  masterSlave('master', ['broker-a'], () => 'broker.conf'),
  masterSlave('sync-master', ['broker-a', 'broker-a-s'], (broker) => `2m-2s-sync/${broker}.properties`),
];

/** Undefined for a name that is none. */
export function findLayout(name: string): Layout | undefined {
  return layouts.find((layout) => layout.name === name);
}
