import type { PlantedBug } from '../planted-bug.ts';

export const ackBeforeCommit: PlantedBug = {
  name: 'ack-before-commit',
  breaks: 'A send is answered with SEND_OK as soon as the leader has appended the message.',
  source: 'README.md, promise 1; thesis 6.3',
  replaces: 'src/store/commit-log.ts',
  foundBy: ['acknowledged-kept'],
};
