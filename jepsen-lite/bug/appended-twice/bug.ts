import type { PlantedBug } from '../planted-bug.ts';

export const appendedTwice: PlantedBug = {
  name: 'appended-twice',
  breaks: 'Of every tenth message that is sent alone, the leader appends a second copy.',
  source: '`duplicated` of jepsen.checker and `duplicate` of jepsen.tests.kafka; row 32',
  replaces: 'src/store/commit-log.ts',
  foundBy: ['checker total-queue', 'checker log'],
};
