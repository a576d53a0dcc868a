import type { PlantedBug } from '../planted-bug.ts';

export const removedBeforeDue: PlantedBug = {
  name: 'removed-before-due',
  mode: 'controller',
  breaks: 'Retention removes files whose messages are to be kept for longer: hours are taken for seconds.',
  source: 'src/log/retention.ts; architecture, promise 1',
  replaces: 'src/log/retention.ts',
  foundBy: ['removed-when-due'],
};
