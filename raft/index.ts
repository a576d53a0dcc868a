/**
 * The only door of the consensus library. Most programs run a `Replica` over their own ports; one that wants a loop of its own takes the core, `RaftNode`, and executes its
 * `Ready`s by itself.
 */

// The core: what goes in, what comes out, and both in words.
export { type CoreStatus, describe as describeNode } from './core/describe.ts';
export { describeMessage, describeReady } from './core/describe-ready.ts';
export { type MemoryEntry, MemoryLog } from './core/memory-log.ts';
export { type CoreConfig, type CoreStart, RaftNode, type Refusal } from './core/node.ts';
export type { EntrySource } from './core/node-state.ts';
export type { PeerStatus } from './core/peer-status.ts';
export type { ProgressState } from './core/progress.ts';
export type { LoadRequest, LogWrite, Ready, RoleReport, TransferResult } from './core/ready.ts';
export { takeoverProblem } from './core/takeover-problem.ts';
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
// The driver: the loop, and the ports that a program provides.
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
export { emptyStart, type ReplicaConfig, replicaDefaults } from './driver/replica-config.ts';
