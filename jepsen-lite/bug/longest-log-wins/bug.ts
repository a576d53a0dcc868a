import type { PlantedBug } from '../planted-bug.ts';

export const longestLogWins: PlantedBug = {
  name: 'longest-log-wins',
  breaks: 'Votes compare the length of logs, not their last terms first.',
  source: 'thesis 3.6.1; raft/SAFETY.md 2',
  replaces: 'raft/core/election.ts',
  foundBy: ['leader-completeness', 'committed-prefix', 'no-self-stop'],
};
