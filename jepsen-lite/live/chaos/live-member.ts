import type { GroupNode } from '../../../cluster/launch/group.ts';
import type { BrokerReport } from '../../../cluster/launch/node-status.ts';
import type { Victim } from './hurtable.ts';

/** Why a process may end by itself. */
export type Excuse = 'disk-full' | 'disk-error' | 'rot';

/** One member of the group as the run sees it. */
export class LiveMember implements Victim {
  readonly node: GroupNode;
  state: Victim['state'] = 'down';
  starts = 0;
  /** How often its machine has lost power. */
  boots = 0;
  /** What it told last; undefined while it does not answer. */
  report: BrokerReport | undefined;
  readonly excuses = new Set<Excuse>();

  constructor(node: GroupNode) {
    this.node = node;
  }

  get name(): string {
    return this.node.name;
  }

  /** Folder of the Raft log: `data/`, `snapshots/`, `hardstate`. */
  get raftDirectory(): string {
    return `${this.node.storeDirectory}/dledger-${this.name}`;
  }

  get leads(): boolean {
    return this.report?.raft?.role === 'leader' && this.state === 'up';
  }

  /** Serves clients, by itself or through its leader, and lacks nothing. */
  get isSound(): boolean {
    const raft = this.report?.raft;
    return (
      this.state === 'up' && this.report?.ready === true && raft?.inDoubt === false && raft.logCare.damagedPlaces === 0
    );
  }
}
