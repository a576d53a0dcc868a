import type { BrokerFigures } from '../broker/broker-figures.ts';
import type { BrokerStatus } from '../broker/broker-status.ts';

/** Where `http/` learns what it shows. Programs implement it: a lone master, a member of a group, a name server, a controller. */
export interface StatusSource {
  /** Cheap: asked by each health check. */
  status(): NodeStatus;
  /** Figures per topic and group, for `/metrics`; undefined where there are none. */
  figures(): BrokerFigures | undefined;
}

/** What a program tells about itself; shown by `/status` as it is. */
export interface NodeStatus {
  /** mqbroker, mqnamesrv or mqcontroller. */
  readonly program: string;
  /** RocketMQ version that it speaks, such as V5_3_3. */
  readonly protocolVersion: string;
  /** Why it cannot serve clients now, by itself or through its leader, in one sentence; undefined if it can. */
  readonly notReady: string | undefined;
  readonly startedAtMs: number;
  readonly process: ProcessStatus;
  readonly broker?: BrokerStatus;
  /** Of a broker that is no member of a Raft group. */
  readonly replication?: ReplicationStatus;
  readonly raft?: RaftStatus;
  readonly nameServer?: NameServerStatus;
  /** Its group is `raft`. */
  readonly controller?: ControllerStatus;
}

export interface ProcessStatus {
  readonly pid: number;
  readonly nodeVersion: string;
  readonly residentBytes: number;
  readonly cpuMicros: number;
}

/** A broker's part in its master/slave set. */
export interface ReplicationStatus {
  /** master or slave. */
  readonly role: string;
  /** A master's: the slaves that follow it. */
  readonly slaves: readonly SlaveStatus[];
  /** A slave's: it takes what its master has. */
  readonly following: boolean;
  /** Why it does not follow. */
  readonly problem: string | undefined;
}

export interface SlaveStatus {
  readonly brokerId: number;
  readonly address: string;
  /** Bytes that it lacks. */
  readonly lag: number;
  /** In Controller mode alone. */
  readonly inSyncStateSet?: boolean;
}

/** A member's part in its Raft group. */
export interface RaftStatus {
  readonly id: string;
  readonly groupName: string;
  /** Empty until the group's first entry is committed here. */
  readonly groupId: string;
  readonly incarnation: number;
  /** follower, pre-candidate, candidate or leader. */
  readonly role: string;
  readonly term: number;
  readonly leader: string | undefined;
  /** Leader whose own first entry is applied. */
  readonly ready: boolean;
  /** Its log may lack entries that it acknowledged: it neither votes nor counts. */
  readonly inDoubt: boolean;
  readonly diskFull: boolean;
  /** Its disk is slow or its log damaged: it should not lead. */
  readonly unwell: boolean;
  /** How long the write or fsync of the log in flight has taken so far, ms; 0 without one. */
  readonly persistAgeMs: number;
  readonly logCare: LogCareStatus;
  readonly stopped: boolean;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly lastIndex: number;
  readonly writtenIndex: number;
  readonly syncedIndex: number;
  readonly snapshotIndex: number;
  readonly pendingForwards: number;
  /** Members that must be heard of before there can be an election. */
  readonly waitsFor: readonly string[];
  readonly peers: readonly PeerStatus[];
  readonly elections: ElectionCounts;
  /** The last changes of role, term or leader, oldest first. */
  readonly roleHistory: readonly RoleRecord[];
}

/** What is known of the log's damage, and how far the check of old entries has come. */
export interface LogCareStatus {
  readonly damagedPlaces: number;
  /** Since the start. */
  readonly repairedEntries: number;
  /** The pass of now stands at `position`, and reads up to `limit`; passes and damaged places found since the start. */
  readonly scrub: {
    readonly position: number;
    readonly limit: number;
    readonly passes: number;
    readonly found: number;
  };
}

export interface PeerStatus {
  readonly id: string;
  readonly connected: boolean;
  readonly inDoubt: boolean;
  /** Leader only, else 0: entries that the peer lacks. */
  readonly lag: number;
  readonly match: number;
}

/** Totals since the start of the process. */
export interface ElectionCounts {
  /** Elections that this member stood in, and won. */
  readonly stood: number;
  readonly won: number;
  /** How often it learned of a new leader or a new term of one. */
  readonly leaders: number;
  /** Elections that it won or voted in while fewer than a majority were free of doubt: acknowledged messages may be lost. */
  readonly inDoubt: number;
}

export interface RoleRecord {
  readonly atMs: number;
  readonly role: string;
  readonly term: number;
  readonly leader: string | undefined;
  readonly reason: string;
  readonly votes: readonly string[];
  readonly leaderlessMs: number;
}

export interface NameServerStatus {
  readonly state: string;
  readonly address: string;
  readonly connections: number;
  readonly topics: number;
  readonly brokers: readonly { readonly brokerName: string; readonly brokerId: number; readonly address: string }[];
}

export interface ControllerStatus {
  /** Where brokers and tools find it. */
  readonly address: string;
  /** Brokers that this controller hears. */
  readonly liveBrokers: number;
  /** Elections of masters that this controller held since its start, by how they ended. */
  readonly masterElections: { readonly elected: number; readonly kept: number; readonly nobody: number };
  /** As this controller knows them: one that does not lead may lag. */
  readonly brokerSets: readonly BrokerSetStatus[];
}

/** Brokers with one name, by their ids at the controller. */
export interface BrokerSetStatus {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly masterBrokerId: number | undefined;
  readonly masterAddress: string | undefined;
  readonly masterEpoch: number;
  readonly syncStateSet: readonly number[];
  readonly syncStateSetEpoch: number;
  readonly replicas: readonly { readonly brokerId: number; readonly address: string; readonly alive: boolean }[];
}
