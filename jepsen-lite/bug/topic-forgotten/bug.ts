import type { PlantedBug } from '../planted-bug.ts';

export const topicForgotten: PlantedBug = {
  name: 'topic-forgotten',
  mode: 'controller',
  breaks: 'Who makes or removes a topic is answered when the master has noted it, before the set has.',
  source: 'README.md, promise 9; row 28',
  replaces: 'src/broker/state/log-journal.ts',
  foundBy: ['metadata-kept'],
};
