/** The only door of the consensus library: what a program needs to run a member of a group over its own ports. */

export type { CoreStatus, PeerStatus } from './core/describe.ts';
export { type MemoryEntry, MemoryLog } from './core/memory-log.ts';
export type { CoreStart } from './core/node.ts';
export type { ProgressState } from './core/progress.ts';
export type { TransferResult } from './core/ready.ts';
export type {
  AppendReply,
  AppendRequest,
  DoubtEnd,
  EntryBatch,
  HardState,
  Heartbeat,
  HeartbeatReply,
  MemberChange,
  MemberSet,
  MembersAt,
  Message,
  NodeId,
  PeerHello,
  Role,
  TermRun,
  TimeoutNow,
  VoteReply,
  VoteRequest,
} from './core/types.ts';
export type { MembersDone, MembersRequest } from './driver/member-changes.ts';
export type {
  HardStateStore,
  Log,
  LogDamage,
  PortError,
  RoleChange,
  Scheduler,
  StateMachine,
  Transport,
  TransportEvents,
} from './driver/ports.ts';
export { Replica, type ReplicaPorts, type ReplicaRefusal, type ReplicaStatus } from './driver/replica.ts';
export { type ReplicaConfig, replicaDefaults } from './driver/replica-config.ts';
