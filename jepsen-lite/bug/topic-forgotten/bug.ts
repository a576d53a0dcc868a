import type { Schedule } from '../../fault/schedule.ts';
import type { PlantedBug } from '../planted-bug.ts';

/** A master is replaced behind its back again and again, while clients reach it. */
const schedule: Schedule = [3_000, 11_500, 20_000, 28_500, 37_000, 45_500].map((atMs) => {
  return { kind: 'cut-off', atMs, target: 'leader', forMs: 6_500 };
});

export const topicForgotten: PlantedBug = {
  name: 'topic-forgotten',
  mode: 'controller',
  breaks: 'Who makes or removes a topic is answered when the master has noted it, before the set has.',
  source: 'README.md, promise 9; row 28',
  replaces: 'src/broker/state/log-journal.ts',
  foundBy: ['metadata-kept'],
  schedule,
};
