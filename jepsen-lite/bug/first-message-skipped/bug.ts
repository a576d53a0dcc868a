import type { PlantedBug } from '../planted-bug.ts';

export const firstMessageSkipped: PlantedBug = {
  name: 'first-message-skipped',
  breaks: 'A consumer leaves out the first message of each pull, and counts it as consumed.',
  source: 'src/client/README.md; apache/rocketmq: every message is delivered at least once',
  replaces: 'src/client/consumer/queue-reader.ts',
  foundBy: ['checker consumption'],
};
