import type { GroupNode } from '../../../cluster/launch/group.ts';
import type { BrokerReport } from '../../../cluster/launch/node-status.ts';
import type { Victim } from './hurtable.ts';
import type { LiveMode } from './live-mode.ts';
import { raftDirectoryOf } from './raft-files.ts';

/** Why a process may end by itself. */
export type Excuse = 'disk-full' | 'disk-error' | 'rot';

/** One member of the group as the run sees it. */
export class LiveMember implements Victim {
  readonly node: GroupNode;
  readonly #mode: LiveMode;
  readonly #nodes: number;
  state: Victim['state'] = 'down';
  starts = 0;
  /** When it was started last, on the clock of `performance.now()`. */
  startedMs = 0;
  /** How often its machine has lost power. */
  boots = 0;
  /** What it told last; undefined while it does not answer. */
  report: BrokerReport | undefined;
  readonly excuses = new Set<Excuse>();
  /** So many faults keep its disk full, or did a moment ago. */
  fills = 0;
  /** What ails the process that runs, and must not ail the next one: called before that starts. */
  readonly endBeforeStart = new Set<() => void>();

  constructor(node: GroupNode, mode: LiveMode, nodes: number) {
    this.node = node;
    this.#mode = mode;
    this.#nodes = nodes;
  }

  get name(): string {
    return this.node.name;
  }

  /** Of a member of a Raft group. */
  get raftDirectory(): string {
    return raftDirectoryOf(this.node.storeDirectory, this.name);
  }

  get leads(): boolean {
    return this.state === 'up' && this.report !== undefined && this.#mode.leads(this.report);
  }

  /** Leads, and serves. */
  get serves(): boolean {
    return this.state === 'up' && this.report !== undefined && this.#mode.serves(this.report);
  }

  /** Serves clients, by itself or through its leader, and lacks nothing. */
  get isSound(): boolean {
    return this.state === 'up' && this.report?.ready === true && this.#mode.isSound(this.report, this.#nodes);
  }

  describe(): string {
    return this.report === undefined
      ? `${this.name}: ${this.state}, no answer`
      : `${this.name}: ${this.#mode.describe(this.report)}`;
  }
}
