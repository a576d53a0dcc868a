import type { PlantedBug } from '../planted-bug.ts';

export const bodyDamaged: PlantedBug = {
  name: 'body-damaged',
  breaks:
    'The second half of a body is overwritten before it is stored, on all members alike and with a checksum that fits.',
  source: 'README.md, promise 1',
  replaces: 'src/broker/send/message-writer.ts',
  foundBy: ['acknowledged-kept'],
};
