import type { PlantedBug } from '../planted-bug.ts';

export const followerAnswers22: PlantedBug = {
  name: 'follower-answers-22',
  breaks:
    'A member that does not lead answers the question for a consumer offset itself, with 22 where it knows none: the client then skips messages.',
  source: 'raft/SAFETY.md 6; RebalancePushImpl of the Java client',
  replaces: 'src/broker/routing.ts',
  foundBy: ['fresh-offset'],
};
