import type { BrokerFigures } from '../../src/broker/broker-figures.ts';
import type { BrokerStatus } from '../../src/broker/broker-status.ts';
import type { NodeStatus, RaftStatus, StatusSource } from '../../src/http/status-source.ts';
import { newStoreCounters } from '../../src/store/store-counters.ts';

export const raft: RaftStatus = {
  id: 'n0',
  groupName: 'g',
  groupId: 'abc',
  incarnation: 3,
  role: 'leader',
  term: 7,
  leader: 'n0',
  ready: true,
  inDoubt: false,
  diskFull: false,
  unwell: false,
  persistAgeMs: 0,
  logCare: { damagedPlaces: 0, repairedEntries: 3, scrub: { position: 4096, limit: 8192, passes: 2, found: 1 } },
  stopped: false,
  commitIndex: 20,
  appliedIndex: 19,
  lastIndex: 21,
  writtenIndex: 21,
  syncedIndex: 18,
  snapshotIndex: 10,
  pendingForwards: 0,
  waitsFor: [],
  peers: [
    { id: 'n1', connected: true, inDoubt: false, lag: 2, match: 19 },
    { id: 'n2', connected: false, inDoubt: true, lag: 21, match: 0 },
  ],
  elections: { stood: 2, won: 1, leaders: 4, inDoubt: 1 },
  roleHistory: [],
};

export const broker: BrokerStatus = {
  brokerName: 'broker-"a"',
  clusterName: 'C',
  address: '10.0.0.1:10911',
  brokerId: 0,
  serving: true,
  epoch: 7,
  startedAtMs: 1_000,
  topics: 5,
  groups: 6,
  producerGroups: 1,
  consumerGroups: 2,
  connections: 3,
  heldPulls: 4,
  minPosition: 100,
  confirmedPosition: 300,
  syncedPosition: 200,
  endPosition: 350,
  store: { ...newStoreCounters(), putMessages: 11 },
};

export const figures: BrokerFigures = {
  permission: 6,
  received: [
    { topic: 'T', system: false, messages: 11, bytes: 110 },
    { topic: '%RETRY%G', system: false, messages: 1, bytes: 10 },
  ],
  delivered: [{ topic: '%RETRY%G', group: 'G', system: false, messages: 1, bytes: 20 }],
  lags: [{ topic: 'T', group: 'G', system: false, messages: 9 }],
  producers: [{ group: '', consumeType: '', language: 'JAVA', version: 479, connections: 2 }],
  consumers: [{ group: 'G', consumeType: 'CONSUME_PASSIVELY', language: 'JAVA', version: 479, connections: 1 }],
  storageBytes: 250,
  dispatchBehindBytes: 5,
  flushBehindBytes: 50,
};

export const member: NodeStatus = {
  program: 'mqbroker',
  protocolVersion: 'V5_3_3',
  notReady: undefined,
  startedAtMs: 1_500,
  process: { pid: 1, nodeVersion: 'v20.0.0', residentBytes: 5_000_000, cpuMicros: 2_500_000 },
  broker,
  raft,
};

export function sourceOf(status: () => NodeStatus, shown: BrokerFigures | undefined = figures): StatusSource {
  return { status, figures: () => shown };
}
