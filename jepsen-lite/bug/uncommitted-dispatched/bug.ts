import type { PlantedBug } from '../planted-bug.ts';

export const uncommittedDispatched: PlantedBug = {
  name: 'uncommitted-dispatched',
  breaks: 'The leader shows consumers what it has appended, also what is not committed.',
  source: 'thesis 6.4; cluster/dledger/README.md',
  replaces: 'src/store/dispatcher.ts',
  foundBy: ['committed-seen', 'same-state'],
};
