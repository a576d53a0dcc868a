import { faultKinds } from '../../fault/fault-kinds.ts';
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

/** The last part of OpenChaos' names of faults (its FaultGenerator), and ours that do the same; before it stands minor, major, random, fixed or leader. */
const OPEN_CHAOS: Readonly<Record<string, string>> = {
  kill: 'kill',
  suspend: 'pause',
  partition: 'isolate',
  loss: 'slow-link',
  delay: 'slow-link',
  'disk-error': 'disk-error',
  'io-hang': 'slow-disk',
};
const OPEN_CHAOS_NAME = /^(?:minor|major|random|fixed|leader)-(.+)$/;
/** Those whose names are not made so. */
const OTHER_OPEN_CHAOS: Readonly<Record<string, string>> = {
  'major-kill': 'blackout',
  'partition-majorities-ring': 'cut',
  bridge: 'cut',
};

/** The kind that a name means, one of ours or of OpenChaos; undefined if it is neither. */
export function kindNamed(name: string): string | undefined {
  if (liveFaults.some((fault) => fault.name === name)) return name;
  return OTHER_OPEN_CHAOS[name] ?? OPEN_CHAOS[OPEN_CHAOS_NAME.exec(name)?.[1] ?? ''];
}

/** What `--list-faults` prints. */
export function describeFaults(): string {
  const byName = new Map(liveFaults.map((fault) => [fault.name, fault]));
  const line = (name: string, text: string): string => `${name.padEnd(WIDTH)}  ${text}`;
  return [
    'Faults, and by what they are made:',
    ...faultKinds.map(({ name }) => line(name, byName.get(name)?.by ?? '(in the simulator only)')),
    '',
    "OpenChaos' names, and ours for them:",
    ...Object.entries(OTHER_OPEN_CHAOS).map(([name, ours]) => line(name, ours)),
    ...Object.entries(OPEN_CHAOS).map(([name, ours]) => line(`*-${name}`, ours)),
  ].join('\n');
}

const WIDTH = 26;
