import { type Beginning, exportBeginning, decodeBeginning as real } from '../../../cluster/ha/beginning.ts';
import type { StateSection } from '../../../src/broker/state/snapshot-sections.ts';

export { exportBeginning };

export function decodeBeginning(section: StateSection): Beginning | undefined {
  const beginning = real(section);
  return beginning && { ...beginning, queueOffsets: new Map() };
}
