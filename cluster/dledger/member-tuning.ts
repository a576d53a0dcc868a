import type { ReplicaConfig } from '../../raft/index.ts';

type AppendSizes = Pick<ReplicaConfig, 'maxAppendBytes' | 'maxProbeBytes' | 'maxInflightBytes' | 'maxInflightCount'>;

/** Sizes and times that no user has a reason to set; the simulator draws small ones, so that every limit is met. */
export interface MemberTuning {
  readonly appends?: Partial<AppendSizes>;
  /** After so long a snapshot is due if anything changed at all; whole seconds. */
  readonly snapshotDueMs?: number;
}
