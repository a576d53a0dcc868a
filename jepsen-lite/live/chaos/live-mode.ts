import type { GroupNode } from '../../../cluster/launch/group.ts';
import type { BrokerReport } from '../../../cluster/launch/node-status.ts';
import type { ReplicaState } from '../../checker/replica-state.ts';
import type { Steps } from '../../replica/steps.ts';

/** What the run has to know of brokers that replicate in some way: who leads, who is whole, what is in their files. */
export interface LiveMode {
  readonly name: string;
  /** Shipped configuration files that the group starts from, as `fast-try --conf` names them. */
  readonly conf: string;
  /** The same for a chaos run, which may lose a name server and go on with the other. */
  readonly chaosConf: string;
  /** Keys for all brokers, so that files are small and roll, and what happens seldom happens often. */
  readonly brokerKeys: Readonly<Record<string, string>>;
  /** Keys for the brokers of a drill, whose files are of the usual size and stay. */
  readonly drillKeys: Readonly<Record<string, string>>;
  /** Kinds of faults under which this mode promises that nothing acknowledged is lost. */
  readonly kinds: readonly string[];
  leads(report: BrokerReport): boolean;
  /** It leads and serves. */
  serves(report: BrokerReport): boolean;
  /** So many of `nodes` members go on without the others, in the time that the run allows after a fault. */
  needed(nodes: number): number;
  /** It counts among those: it may vote, and what it has acknowledges. */
  counts(report: BrokerReport): boolean;
  /** Of a member that is ready: it lacks nothing that it should have, of `nodes` members. */
  isSound(report: BrokerReport, nodes: number): boolean;
  /** Whether the promises cover, as things stand, that this member loses what is on its disk; `areSound`: all members are. */
  mayLose(areSound: boolean): boolean;
  /** Of a member that may have lost that, and was started `sinceMs` ago: it lacks nothing any more. */
  isWhole(report: BrokerReport, areSound: boolean, sinceMs: number): boolean;
  /** All members are sound and hold the same, which is all there is. */
  areTogether(reports: readonly BrokerReport[]): boolean;
  /** What has to be the same in the files of all, once they were together and stopped; `leader`: what the leader told then. */
  replica(node: GroupNode, leader: BrokerReport): Steps<ReplicaState>;
  /** How a member is, for people. */
  describe(report: BrokerReport): string;
}
