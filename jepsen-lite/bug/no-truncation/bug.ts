import type { PlantedBug } from '../planted-bug.ts';

export const noTruncation: PlantedBug = {
  name: 'no-truncation',
  breaks: 'A follower keeps a tail that contradicts the leader, and puts what is new behind it.',
  source: 'thesis 3.5, AppendEntries rule 3',
  replaces: 'raft/core/term-runs.ts',
  foundBy: ['no-self-stop', 'committed-prefix', 'log-matching'],
};
