import { assert } from '../../src/base/assert.ts';
import type { Cluster } from '../sim/cluster.ts';
import { clockFaults } from './clock-faults.ts';
import { derivedFaults } from './derived-faults.ts';
import { diskFaults } from './disk-faults.ts';
import type { FaultKind } from './fault-kind.ts';
import { groupFaults } from './group-faults.ts';
import { leftBehindFaults } from './left-behind-faults.ts';
import { memberFaults } from './member-faults.ts';
import { networkFaults } from './network-faults.ts';
import { processFaults } from './process-faults.ts';
import { retentionFaults } from './retention-faults.ts';
import { rotFaults } from './rot-faults.ts';
import type { Fault } from './schedule.ts';

/** All kinds of faults. Their order is part of what a seed means. */
export const faultKinds: readonly FaultKind[] = [
  ...processFaults,
  ...networkFaults,
  ...diskFaults,
  ...clockFaults,
  ...groupFaults,
  ...memberFaults,
  ...leftBehindFaults,
  ...retentionFaults,
  ...derivedFaults,
  ...rotFaults,
];

const byName = new Map(faultKinds.map((kind) => [kind.name, kind]));

/** Lets a fault happen now; false where nobody is there to be hit. */
export function applyFault(cluster: Cluster, fault: Fault): boolean {
  const kind = byName.get(fault.kind);
  assert(kind !== undefined, 'a schedule names known kinds of faults');
  return kind.apply(cluster, fault);
}
