import type { CoreConfig } from '../../../raft/core/node-state.ts';
import * as real from '../../../raft/driver/replica-config.ts';

export * from '../../../raft/driver/replica-config.ts';

/** Counts four ticks for one. */
export function coreConfig(...given: Parameters<typeof real.coreConfig>): CoreConfig {
  const core = real.coreConfig(...given);
  return { ...core, electionTicks: core.electionTicks * 4 };
}
