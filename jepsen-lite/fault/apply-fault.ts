import { assert } from '../../src/base/assert.ts';
import type { FaultKind } from './fault-kind.ts';
import type { FaultWorld } from './fault-world.ts';
import type { Fault } from './schedule.ts';

/** Lets a fault happen now; false where nobody is there to be hit. */
export function applyFault<World extends FaultWorld>(
  kinds: readonly FaultKind<World>[],
  cluster: World,
  fault: Fault,
): boolean {
  const kind = kinds.find(({ name }) => name === fault.kind);
  assert(kind !== undefined, 'a schedule names known kinds of faults');
  return kind.apply(cluster, fault);
}
