import type { CoreConfig, CoreStart } from '../core/node.ts';
import type { NodeId } from '../core/types.ts';
import type { Scheduler } from './ports.ts';

/** Times in milliseconds, sizes in bytes. */
export interface ReplicaConfig {
  readonly id: NodeId;
  /** The group as long as the log says nothing else. */
  readonly voters: readonly NodeId[];
  readonly learners?: readonly NodeId[] | undefined;
  /** How often the owner calls `tick()`. */
  readonly tickMs: number;
  readonly heartbeatMs: number;
  /** Election timeouts are drawn between this and twice as much. */
  readonly electionTimeoutMs: number;
  readonly fastCampaignMinMs: number;
  readonly fastCampaignMaxMs: number;
  readonly maxAppendBytes: number;
  readonly maxProbeBytes: number;
  readonly maxInflightBytes: number;
  readonly maxInflightCount: number;
  readonly syncFlush: boolean;
  readonly bootstrapWithMajority: boolean;
}

/** Everything but identity and membership. */
export const replicaDefaults = {
  tickMs: 10,
  heartbeatMs: 100,
  electionTimeoutMs: 750,
  fastCampaignMinMs: 5,
  fastCampaignMaxMs: 30,
  maxAppendBytes: 1 << 20,
  maxProbeBytes: 64 << 10,
  maxInflightBytes: 8 << 20,
  maxInflightCount: 256,
  syncFlush: false,
  bootstrapWithMajority: false,
} as const satisfies Omit<ReplicaConfig, 'id' | 'voters' | 'learners'>;

/** How a member starts whose store is empty: it counts for nothing until the group is founded, or has made it whole. */
export const emptyStart = {
  hardState: { term: 0, vote: '', fresh: true },
  inDoubt: true,
  appliedIndex: 0,
} as const satisfies Omit<CoreStart, 'lastIndex' | 'termRuns'>;

/** The core counts ticks. */
export function coreConfig(config: ReplicaConfig, scheduler: Scheduler): CoreConfig {
  const ticks = (ms: number): number => Math.max(1, Math.round(ms / config.tickMs));
  const { id, voters, learners, maxAppendBytes, maxProbeBytes, maxInflightBytes, maxInflightCount } = config;
  return {
    id,
    voters,
    learners,
    maxAppendBytes,
    maxProbeBytes,
    maxInflightBytes,
    maxInflightCount,
    heartbeatTicks: ticks(config.heartbeatMs),
    electionTicks: ticks(config.electionTimeoutMs),
    fastMinTicks: ticks(config.fastCampaignMinMs),
    fastMaxTicks: ticks(config.fastCampaignMaxMs),
    syncFlush: config.syncFlush,
    bootstrapWithMajority: config.bootstrapWithMajority,
    random: () => scheduler.random(),
  };
}
