import type { Address, NetworkError, Platform, Timer } from '../../src/platform/ports.ts';
import { Dispatcher } from '../../src/remoting/dispatcher.ts';
import { RemotingServer } from '../../src/remoting/server.ts';
import type { NamesrvConfig } from './config.ts';
import { KvConfig } from './kv-config.ts';
import type { NameServerState, Processor } from './name-server-state.ts';
import { brokerPresenceProcessor } from './processor/broker-presence.ts';
import { clusterInfoProcessor } from './processor/cluster-info.ts';
import { getRouteInfoProcessor } from './processor/get-route-info.ts';
import { kvConfigProcessor } from './processor/kv-config.ts';
import { namesrvConfigProcessor } from './processor/namesrv-config.ts';
import { queryDataVersionProcessor } from './processor/query-data-version.ts';
import { registerBrokerProcessor } from './processor/register-broker.ts';
import { topicAdministrationProcessor } from './processor/topic-administration.ts';
import { topicListsProcessor } from './processor/topic-lists.ts';
import { RouteTable } from './route-table.ts';

const PROCESSORS: readonly Processor[] = [
  registerBrokerProcessor,
  brokerPresenceProcessor,
  queryDataVersionProcessor,
  getRouteInfoProcessor,
  clusterInfoProcessor,
  topicListsProcessor,
  topicAdministrationProcessor,
  kvConfigProcessor,
  namesrvConfigProcessor,
];
const CLOSE_GRACE_MS = 500;

/** What a name server tells about itself. */
export interface NameServerStatus {
  readonly state: 'new' | 'serving' | 'stopped';
  /** Where it listens; undefined unless serving. */
  readonly address: Address | undefined;
  readonly connections: number;
  readonly topics: number;
  readonly brokers: readonly { readonly brokerName: string; readonly brokerId: number; readonly address: string }[];
}

/**
 * A RocketMQ name server: brokers register, clients ask for routes. It keeps no state but the KV config on disk; several run side by
 * side without knowing each other, and brokers register with each.
 */
export interface NameServer {
  /** Opens the port; the result says where it listens or why that failed. */
  start(): Promise<Address | NetworkError>;
  /** Answers what was asked, for a moment, then closes all connections. */
  stop(): Promise<void>;
  status(): NameServerStatus;
}

/** Throws an Error with one sentence if the KV config file cannot be understood. */
export function createNameServer(platform: Platform, config: NamesrvConfig): NameServer {
  const table = new RouteTable();
  const { clock, disk, logger } = platform;
  const kv = new KvConfig(disk, config.values.kvConfigPath);
  const state: NameServerState = { table, kv, config, clock, disk, logger };
  const dispatcher = new Dispatcher(platform);
  for (const processor of PROCESSORS) processor(dispatcher, state);
  const forgotten = (addresses: readonly string[], why: string): void => {
    for (const address of addresses) logger.warn('a broker is gone', { address, why });
  };
  const server = new RemotingServer({
    platform,
    dispatcher,
    limits: { idleMs: config.values.serverChannelMaxIdleTimeSeconds * 1_000 },
    events: {
      closed: (connection) => forgotten(table.connectionClosed(connection.id), 'its connection closed'),
    },
  });
  let phase: NameServerStatus['state'] = 'new';
  let scan: Timer | undefined;
  return {
    start: () =>
      new Promise((resolve) => {
        const { bindAddress: host, listenPort: port, scanNotActiveBrokerInterval } = config.values;
        server.listen({ host, port }, (error) => {
          if (error === undefined && phase === 'new') {
            phase = 'serving';
            scan = platform.timers.every(scanNotActiveBrokerInterval, () => {
              forgotten(table.expire(clock.monotonicMs()), 'nothing was heard from it for too long');
            });
          }
          resolve(error ?? server.addresses[0] ?? { host, port });
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        if (phase === 'stopped') return resolve();
        phase = 'stopped';
        if (scan !== undefined) platform.timers.cancel(scan);
        server.close(CLOSE_GRACE_MS, resolve);
      }),
    status: () => ({
      state: phase,
      address: phase === 'serving' ? server.addresses[0] : undefined,
      connections: server.connectionCount,
      topics: table.topics().length,
      brokers: table.groups().flatMap(({ brokerName, addresses }) => {
        return [...addresses].map(([brokerId, address]) => ({ brokerName, brokerId, address }));
      }),
    }),
  };
}
