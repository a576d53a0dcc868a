import type { DataVersion } from '../../protocol/body/data-version.ts';
import type { QueueOwner } from '../client-manager/queue-owners.ts';
import type { GroupConfig } from '../group/group-config.ts';
import type { QueueProgress } from '../offset/offset-table.ts';
import type { LevelProgress } from '../schedule/delay-progress.ts';
import type { TopicConfig } from '../topic/topic-config.ts';

/** Offsets of one group in one topic. */
export interface GroupTopic {
  readonly group: string;
  readonly topic: string;
}

/**
 * One change of the broker's replicated state. Each holds the resulting value, never a request, so that replay is a pure function of the log
 * (raft/SAFETY.md 5). Names and bodies of the records: raft/FORMATS.md 6.
 */
export type StateChange =
  | { readonly type: 'topic-put'; readonly config: TopicConfig; readonly dataVersion: DataVersion }
  | { readonly type: 'topic-delete'; readonly topic: string; readonly dataVersion: DataVersion }
  | { readonly type: 'group-put'; readonly config: GroupConfig; readonly dataVersion: DataVersion }
  | { readonly type: 'group-delete'; readonly group: string; readonly dataVersion: DataVersion }
  | { readonly type: 'offsets-put'; readonly offsets: readonly QueueProgress[] }
  | { readonly type: 'offsets-delete'; readonly entries: readonly GroupTopic[] }
  | { readonly type: 'delay-progress'; readonly levels: readonly LevelProgress[] }
  | { readonly type: 'queue-lock'; readonly owners: readonly QueueOwner[] };
