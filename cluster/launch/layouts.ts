import type { Overrides } from './conf-copies.ts';
import { HOST, type PortPlan } from './ports.ts';

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
  /** The name server's file, if it has one, and its keys that depend on ports and folder. */
  readonly nameServerFile?: string;
  readonly nameServerKeys?: (plan: PortPlan, storeDirectory: string) => Overrides;
}

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
  brokerKeys: (plan, index) => ({
    dLegerPeers: plan.brokers.map(({ peer }, each) => `n${each}-${HOST}:${peer}`).join(';'),
    dLegerSelfId: `n${index}`,
  }),
};

/** RocketMQ keeps the controller's port two above the name server's. */
const controllerPort = ({ nameServer }: PortPlan): number => nameServer + 2;

const controller: Layout = {
  name: 'controller',
  brokers: () => ['n0', 'n1', 'n2'].map((name) => ({ name, file: `controller/quick-start/broker-${name}.conf` })),
  count: 3,
  replicatesOver: 'ha',
  elects: true,
  brokerKeys: (plan) => ({ controllerAddr: `${HOST}:${controllerPort(plan)}` }),
  nameServerFile: 'controller/quick-start/namesrv.conf',
  nameServerKeys: (plan, storeDirectory) => ({
    controllerDLegerPeers: `n0-${HOST}:${controllerPort(plan)}`,
    controllerStorePath: `${storeDirectory}/controller`,
  }),
};

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
    brokerKeys: () => ({}),
  };
}

const TWO_PAIRS = ['broker-a', 'broker-a-s', 'broker-b', 'broker-b-s'];

export const DEFAULT_LAYOUT = dledger.name;

export const layouts: readonly Layout[] = [
  dledger,
  controller,
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
