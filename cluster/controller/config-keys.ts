import {
  bytes,
  choice,
  flag,
  integer,
  type KeySpec,
  milliseconds,
  path,
  port,
  text,
} from '../../src/broker/config/key-spec.ts';
import { ignoredServerKeys } from '../../src/broker/config/server-keys.ts';

/** Keys of RocketMQ's ControllerConfig and NettyServerConfig that have an effect here, and ours. */
export const controllerKeys = {
  controllerType: choice('DLedger', 'DLedger', 'jRaft'),
  controllerDLegerGroup: text(''),
  controllerDLegerPeers: text(''),
  controllerDLegerSelfId: text(''),
  controllerStorePath: path('~/DLedgerController'),
  mappedFileSize: bytes(1 << 30, 4096),
  scanNotActiveBrokerInterval: milliseconds(5_000, 100),
  scanInactiveMasterInterval: milliseconds(5_000, 100),
  electMasterMaxRetryCount: integer(3, 1, 100, 'attempts'),
  enableElectUncleanMaster: flag(false),
  notifyBrokerRoleChanged: flag(true),
  /** Where changes made with updateControllerConfig are kept. */
  configStorePath: path('~/controller/controller.properties'),
  configBlackList: text('configBlackList;configStorePath'),
  bindAddress: text('0.0.0.0'),
  serverChannelMaxIdleTimeSeconds: integer(120, 1, 86_400, 's'),
  /** Of the controllers' own group; as in broker.conf. */
  heartbeatIntervalMs: milliseconds(100, 10),
  electionTimeoutMs: milliseconds(750, 50),
  bootstrapWithMajority: flag(false),
  /** Health, status and metrics; 0: none. */
  httpPort: port(0),
  httpBindAddress: text('127.0.0.1'),
  metricsPromExporterPort: port(0),
  metricsPromExporterHost: text(''),
} as const satisfies Readonly<Record<string, KeySpec>>;

/** Keys that only a restart changes. */
export const startKeys: readonly string[] = [
  'controllerType',
  'controllerDLegerGroup',
  'controllerDLegerPeers',
  'controllerDLegerSelfId',
  'controllerStorePath',
  'mappedFileSize',
  'bindAddress',
  'bootstrapWithMajority',
  'heartbeatIntervalMs',
  'electionTimeoutMs',
];

/** Keys that RocketMQ knows and that mean nothing here: thread pools, socket buffers, exporters. Shown with its defaults. */
export const ignoredControllerKeys: Readonly<Record<string, string>> = {
  ...ignoredServerKeys,
  controllerRequestThreadPoolQueueCapacity: '50000',
  controllerThreadPoolNums: '16',
  // Reads go through the Raft log's read index always.
  isProcessReadEvent: 'false',
  metricGrpcExporterIntervalInMills: '60000',
  metricGrpcExporterTimeOutInMills: '3000',
  metricLoggingExporterIntervalInMills: '10000',
  metricsExporterType: 'DISABLE',
  metricsGrpcExporterHeader: '',
  metricsGrpcExporterTarget: '',
  metricsInDelta: 'false',
  metricsLabel: '',
};

export function isControllerKey(key: string): boolean {
  return key in controllerKeys || key in ignoredControllerKeys;
}
