import type { PlantedBug } from '../planted-bug.ts';

export const wipedNodeVotes: PlantedBug = {
  name: 'wiped-node-votes',
  breaks: 'A member in doubt, whose disk may be new, votes in ordinary elections as if it had forgotten nothing.',
  source: 'raft/SAFETY.md 2; KAFKA-16526; rabbitmq 15725',
  replaces: 'raft/core/election.ts',
  foundBy: ['silent-in-doubt', 'one-vote', 'leader-completeness'],
};
