import type { PlantedBug } from '../planted-bug.ts';

export const forgottenVote: PlantedBug = {
  name: 'forgotten-vote',
  breaks: 'After a restart a member does not know any more for whom it voted in the term.',
  source: 'thesis 3.8; raft/SAFETY.md 2; robustmq PR 2039',
  replaces: 'raft/core/node-state.ts',
  foundBy: ['one-vote', 'election-safety'],
};
