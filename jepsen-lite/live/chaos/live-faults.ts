import type { CutMeans } from '../network/open-network.ts';
import type { LiveFault } from './live-fault.ts';
import { cutFaults, networkFaults } from './network-faults.ts';
import { livePlatformFaults } from './platform-faults.ts';
import { liveProcessFaults } from './process-faults.ts';
import { liveRotFaults } from './rot-faults.ts';
import { liveGroupFaults } from './transfer.ts';

/** All kinds of faults that can be made on real processes. */
export const liveFaults: readonly LiveFault[] = [
  ...liveProcessFaults,
  ...networkFaults,
  ...livePlatformFaults,
  ...liveRotFaults,
  ...liveGroupFaults,
];

/** Can a kind be made where links are cut by these means? Only proxies delay, lose and break connections. */
export function isMadeBy(cuts: CutMeans, kind: string): boolean {
  const isOfLinks = networkFaults.some(({ name }) => name === kind);
  return cuts === 'proxies' || !isOfLinks || cutFaults.some(({ name }) => name === kind);
}
