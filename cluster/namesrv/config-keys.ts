import { flag, integer, type KeySpec, milliseconds, path, port, text } from '../../src/broker/config/key-spec.ts';
import { ignoredServerKeys } from '../../src/broker/config/server-keys.ts';

/** Keys of RocketMQ's NamesrvConfig and NettyServerConfig that have an effect here, and ours. */
export const namesrvKeys = {
  listenPort: port(9876),
  bindAddress: text('0.0.0.0'),
  kvConfigPath: path('~/namesrv/kvConfig.json'),
  /** Where changes made with updateNamesrvConfig are kept. */
  configStorePath: path('~/namesrv/namesrv.properties'),
  configBlackList: text('configBlackList;configStorePath;kvConfigPath'),
  scanNotActiveBrokerInterval: milliseconds(5_000, 100),
  serverChannelMaxIdleTimeSeconds: integer(120, 1, 86_400, 's'),
  orderMessageEnable: flag(false),
  returnOrderTopicConfigToBroker: flag(true),
  deleteTopicWithBrokerRegistration: flag(false),
  enableAllTopicList: flag(true),
  /** A controller runs in this process; its keys stand in the same file. */
  enableControllerInNamesrv: flag(false),
  enableTopicList: flag(true),
  /** Health, status and metrics; 0: none. */
  httpPort: port(0),
  httpBindAddress: text('127.0.0.1'),
} as const satisfies Readonly<Record<string, KeySpec>>;

/** Keys that RocketMQ knows and that mean nothing here: thread pools, socket buffers, features of its own. Shown with its defaults. */
export const ignoredNamesrvKeys: Readonly<Record<string, string>> = {
  ...ignoredServerKeys,
  clientRequestThreadPoolNums: '8',
  clientRequestThreadPoolQueueCapacity: '50000',
  clusterTest: 'false',
  defaultThreadPoolNums: '16',
  defaultThreadPoolQueueCapacity: '10000',
  needWaitForService: 'false',
  notifyMinBrokerIdChanged: 'false',
  productEnvName: 'center',
  supportActingMaster: 'false',
  unRegisterBrokerQueueCapacity: '3000',
  waitSecondsForService: '45',
};

export function isNamesrvKey(key: string): boolean {
  return key in namesrvKeys || key in ignoredNamesrvKeys;
}
