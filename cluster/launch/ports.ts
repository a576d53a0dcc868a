import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Ports of one broker. `fast` and `ha` are opened or kept free because of RocketMQ's rules (listen − 2, listen + 1). */
export interface BrokerPorts {
  readonly listen: number;
  readonly fast: number;
  readonly ha: number;
  readonly http: number;
  readonly peer: number;
}

/** All ports of a group on one machine. */
export interface PortPlan {
  readonly nameServer: number;
  readonly brokers: readonly BrokerPorts[];
}

/** Where name servers and the controllers inside them listen, from `PortPlan.nameServer` on: RocketMQ keeps the controller two above its name server. What is between is left to the first broker. */
const NAME_SERVER_STEPS = [0, 3, 6] as const;
const CONTROLLER_STEPS = [2, 4, 7] as const;

export function nameServerPort({ nameServer }: PortPlan, index: number): number {
  return nameServer + (NAME_SERVER_STEPS[index] ?? 0);
}

export function controllerPort({ nameServer }: PortPlan, index: number): number {
  return nameServer + (CONTROLLER_STEPS[index] ?? 0);
}

/** A port and what a group wants it for. */
export interface PortUse {
  readonly port: number;
  readonly use: string;
}

export const HOST = '127.0.0.1';
const HIGHEST_PORT = 65_535;
/** Free ports are looked for here: below the range from which systems take ports of their own accord. */
const FIRST_FREE = 20_000;
const LAST_FREE = 30_000;
const ATTEMPTS = 100;

function brokerPorts(listen: number, peer: number): BrokerPorts {
  return { listen, fast: listen - 2, ha: listen + 1, http: listen + 5, peer };
}

/** RocketMQ's ports: 9876; 30911, 30921, ...; 40911, 40912, ... */
export function rocketmqPorts(nodes: number): PortPlan {
  const brokers = Array.from({ length: nodes }, (_, index) => brokerPorts(30_911 + 10 * index, 40_911 + index));
  return { nameServer: 9876, brokers };
}

/** Everything from `base` on: the name server there, and ten ports for each broker. */
export function portsFrom(base: number, nodes: number): PortPlan {
  const brokers = Array.from({ length: nodes }, (_, index) => {
    const listen = base + 10 * (index + 1);
    return brokerPorts(listen, listen + 3);
  });
  return { nameServer: base, brokers };
}

/** How many ports `portsFrom` spans. */
export function portSpan(nodes: number): number {
  return 10 * nodes + 6;
}

/** Says what is wrong with a base for so many nodes, or undefined. */
export function portBaseProblem(base: number, nodes: number): string | undefined {
  const highest = HIGHEST_PORT - portSpan(nodes) + 1;
  if (Number.isInteger(base) && base >= 1 && base <= highest) return undefined;
  return `the ports begin at ${base}, but must begin between 1 and ${highest} to leave room for ${nodes} brokers`;
}

/** Every port of a plan with what it is for. `replicatesOver`: which of the two ports for other brokers is used. With several name servers each has a controller. */
export function portUses(
  plan: PortPlan,
  names: readonly string[],
  replicatesOver: 'peer' | 'ha' = 'peer',
  nameServers = 1,
): PortUse[] {
  const uses: PortUse[] = [];
  for (let index = 0; index < nameServers; index++) {
    uses.push({ port: nameServerPort(plan, index), use: 'name server' });
    if (nameServers > 1) uses.push({ port: controllerPort(plan, index), use: 'controller' });
  }
  plan.brokers.forEach((ports, index) => {
    const name = names[index] ?? `n${index}`;
    uses.push({ port: ports.listen, use: `${name}, clients` });
    uses.push({ port: ports.fast, use: `${name}, clients (listen port - 2)` });
    uses.push({ port: ports.http, use: `${name}, HTTP` });
    uses.push({ port: ports[replicatesOver], use: `${name}, ${replicatesOver === 'peer' ? 'members' : 'slaves'}` });
  });
  return uses;
}

/** Those that cannot be opened on 127.0.0.1 now. */
export async function busyPorts(uses: readonly PortUse[]): Promise<PortUse[]> {
  const busy = await Promise.all(uses.map(({ port }) => isBusy(port)));
  return uses.filter((_, index) => busy[index]);
}

/** All name servers and controllers that there may be, and both ports for other brokers, whatever the layout is. */
function everyPort(plan: PortPlan): PortUse[] {
  const others = plan.brokers.map(({ ha }) => ({ port: ha, use: 'slaves' }));
  return [...portUses(plan, [], 'peer', NAME_SERVER_STEPS.length), ...others];
}

function isBusy(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(true));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(false)));
  });
}

/** A base from which all ports of so many nodes are free now. */
export async function freePortBase(nodes: number): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const steps = (LAST_FREE - FIRST_FREE - portSpan(nodes)) / 10;
    const base = FIRST_FREE + 10 * randomInt(Math.floor(steps));
    if ((await busyPorts(everyPort(portsFrom(base, nodes)))).length === 0) return base;
  }
  throw new Error(`no free ports between ${FIRST_FREE} and ${LAST_FREE}; stop what holds them`);
}
