import { bytes, choice, flag, integer, MAX_INT, milliseconds, path, port, text } from './key-spec.ts';

const NAME = /^[%|a-zA-Z0-9_-]+$/;
const NAME_FORM = 'a name of letters, digits, "_", "-", "%" and "|"';

/** RocketMQ's keys of BrokerConfig and NettyServerConfig that have an effect here. */
const brokerKeys = {
  brokerClusterName: text('DefaultCluster', NAME, NAME_FORM),
  brokerName: text('', /^(?:[%|a-zA-Z0-9_.-]+)?$/, 'a name without blanks'),
  /** -1: the Controller gives it. */
  brokerId: integer(0, -1, Number.MAX_SAFE_INTEGER, 'number of the broker in its set'),
  /** Empty: the first address of this host that is not a loopback one. */
  brokerIP1: text(''),
  brokerIP2: text(''),
  listenPort: port(10911),
  bindAddress: text('0.0.0.0'),
  namesrvAddr: text(''),
  brokerPermission: integer(6, 0, 7, 'sum of 4 = read and 2 = write'),
  brokerRole: choice('ASYNC_MASTER', 'ASYNC_MASTER', 'SYNC_MASTER', 'SLAVE'),
  autoCreateTopicEnable: flag(true),
  autoCreateSubscriptionGroup: flag(true),
  defaultTopicQueueNums: integer(8, 1, 65536, 'queues'),
  clusterTopicEnable: flag(true),
  brokerTopicEnable: flag(true),
  traceTopicEnable: flag(false),
  msgTraceTopicName: text('RMQ_SYS_TRACE_TOPIC', NAME, NAME_FORM),
  messageDelayLevel: text(
    '1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h',
    /^\d+[smhd]( +\d+[smhd])*$/,
    'a list of delays such as "1s 5s 10s 30s 1m 2h"',
  ),
  registerNameServerPeriod: integer(30_000, 10_000, 60_000, 'ms'),
  registerBrokerTimeoutMills: milliseconds(24_000),
  compressedRegister: flag(false),
  flushConsumerOffsetInterval: milliseconds(5_000),
  flushDelayOffsetInterval: milliseconds(10_000),
  longPollingEnable: flag(true),
  shortPollingTimeMills: milliseconds(1_000),
  notifyConsumerIdsChangedEnable: flag(true),
  channelExpiredTimeout: milliseconds(120_000),
  litePullMessageEnable: flag(true),
  rejectTransactionMessage: flag(false),
  regionId: text('DefaultRegion'),
  traceOn: flag(true),
  serverChannelMaxIdleTimeSeconds: integer(120, 1, 86_400, 's'),
  enableControllerMode: flag(false),
  /** host:port of every controller, separated by `;`. */
  controllerAddr: text(''),
  fetchControllerAddrByDnsLookup: flag(false),
  brokerHeartbeatInterval: milliseconds(1_000, 10),
  controllerHeartBeatTimeoutMills: milliseconds(10_000, 100),
  syncBrokerMetadataPeriod: milliseconds(5_000, 100),
  syncControllerMetadataPeriod: milliseconds(10_000, 100),
  /** Of two brokers with equally long logs the one with the lower number becomes master. */
  brokerElectionPriority: integer(MAX_INT, 0, MAX_INT, 'priority'),
  aclEnable: flag(false),
  authenticationEnabled: flag(false),
  authorizationEnabled: flag(false),
  'tls.server.mode': choice('permissive', 'disabled', 'permissive', 'enforcing'),
  metricsPromExporterPort: port(0),
  metricsPromExporterHost: text(''),
} as const;

/** RocketMQ's keys of MessageStoreConfig that have an effect here. */
const storeKeys = {
  storePathRootDir: path('~/store'),
  /** Empty: `commitlog` under storePathRootDir. */
  storePathCommitLog: text(''),
  /** Empty: `brokerIdentity` under storePathRootDir. */
  storePathBrokerIdentity: text(''),
  flushDiskType: choice('ASYNC_FLUSH', 'ASYNC_FLUSH', 'SYNC_FLUSH'),
  maxMessageSize: bytes(4_194_304, 1, 16_000_000),
  mappedFileSizeCommitLog: bytes(1_073_741_824, 4_096, MAX_INT),
  mappedFileSizeConsumeQueue: bytes(6_000_000, 20),
  maxHashSlotNum: integer(5_000_000, 1, MAX_INT, 'slots'),
  maxIndexNum: integer(20_000_000, 1, MAX_INT, 'entries'),
  messageIndexEnable: flag(true),
  syncFlushTimeout: milliseconds(5_000, 10),
  flushIntervalCommitLog: milliseconds(500),
  flushIntervalConsumeQueue: milliseconds(1_000),
  deleteWhen: text('04', /^([01]?\d|2[0-3])(;([01]?\d|2[0-3]))*$/, 'hours of the day (0 to 23) separated by ";"'),
  fileReservedTime: integer(72, 0, 1_000_000, 'hours'),
  cleanResourceInterval: milliseconds(10_000),
  deleteCommitLogFilesInterval: milliseconds(100, 0),
  deleteFileBatchMax: integer(10, 1, 1_000_000, 'files'),
  diskMaxUsedSpaceRatio: integer(75, 10, 95, '% of the disk'),
  diskSpaceCleanForciblyRatio: integer(85, 10, 100, '% of the disk'),
  diskSpaceWarningLevelRatio: integer(90, 10, 100, '% of the disk'),
  cleanFileForciblyEnable: flag(true),
  checkCRCOnRecover: flag(true),
  defaultQueryMaxNum: integer(32, 1, 10_000, 'messages'),
  maxTransferBytesOnMessageInMemory: bytes(262_144, 1),
  maxTransferCountOnMessageInMemory: integer(32, 1, 100_000, 'messages'),
  maxTransferBytesOnMessageInDisk: bytes(65_536, 1),
  maxTransferCountOnMessageInDisk: integer(8, 1, 100_000, 'messages'),
  /** 0: listenPort + 1. */
  haListenPort: port(0),
  /** Empty: as the name server says. */
  haMasterAddress: text(''),
  haSendHeartbeatInterval: milliseconds(5_000),
  haHousekeepingInterval: milliseconds(20_000),
  haTransferBatchSize: bytes(32_768, 1),
  /** A slave that lacks more does not count (4.9). */
  haSlaveFallbehindMax: bytes(268_435_456, 1),
  /** The same in 5.x; the smaller of the two counts. */
  haMaxGapNotInSync: bytes(268_435_456, 1),
  slaveTimeout: milliseconds(3_000),
  inSyncReplicas: integer(1, 1, 1_000, 'brokers that have a message before it is acknowledged'),
  minInSyncReplicas: integer(1, 1, 1_000, 'brokers in sync'),
  /** Controller mode: every broker in sync must have a message before it is acknowledged. */
  allAckInSyncStateSet: flag(false),
  haMaxTimeSlaveNotCatchup: milliseconds(15_000),
  asyncLearner: flag(false),
  /** Empty: `epochFileCheckpoint` under storePathRootDir. */
  storePathEpochFile: text(''),
  slaveReadEnable: flag(false),
  /** How far behind a reader is sent to a slave, in percent of this machine's memory. */
  accessMessageInMemoryMaxRatio: integer(40, 0, 100, '% of the memory'),
  enableDLegerCommitLog: flag(false),
  dLegerGroup: text(''),
  dLegerPeers: text(''),
  dLegerSelfId: text('', /^(?:[a-zA-Z]\d+)?$/, 'one letter and a number, such as n0'),
  preferredLeaderId: text(''),
} as const;

/** Keys of LedgerMQ alone. */
const ownKeys = {
  /** Health, status and metrics. -1: listenPort + 5; 0: none. */
  httpPort: integer(-1, -1, 65535, 'port number'),
  httpBindAddress: text('127.0.0.1'),
  /** Longest time that a consumer offset which asked for no answer waits before it enters the log. */
  offsetBatchMs: integer(200, 1, 60_000, 'ms'),
  /** How long a stopping broker still forwards requests. */
  shutdownLingerMs: integer(0, 0, 600_000, 'ms'),
  /** First start only: found the group with a majority of its members instead of all. */
  bootstrapWithMajority: flag(false),
  heartbeatIntervalMs: integer(100, 5, 60_000, 'ms'),
  /** Shortest election timeout; the longest is twice as long. */
  electionTimeoutMs: integer(750, 20, 600_000, 'ms'),
  /** Bytes of messages that may wait for confirmation before sends are answered with code 2. */
  maxPendingBytes: bytes(67_108_864, 65_536),
  scrubBytesPerSecond: bytes(8_388_608, 0),
  scrubIntervalMs: milliseconds(3_600_000),
  repairBytesPerSecond: bytes(33_554_432, 4_096),
  /** What accessMessageInMemoryMaxRatio is a share of. 0: the memory of this machine. */
  machineMemoryBytes: integer(0, 0, Number.MAX_SAFE_INTEGER, 'bytes'),
  /** Requests that long polling may hold. */
  maxHeldPulls: integer(100_000, 1, 10_000_000, 'requests'),
} as const;

/** Every key that has an effect, with type, default and range. */
export const knownKeys = { ...brokerKeys, ...storeKeys, ...ownKeys } as const;

export type KnownKey = keyof typeof knownKeys;
