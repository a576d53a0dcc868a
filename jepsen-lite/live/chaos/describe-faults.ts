import { faultKinds } from '../../fault/fault-kinds.ts';
import { liveFaults } from './live-faults.ts';
import { describeNames } from './named-faults.ts';

const WIDTH = 26;

/** What `--list-faults` prints. */
export function describeFaults(): string {
  const byName = new Map(liveFaults.map((fault) => [fault.name, fault]));
  const line = (name: string, text: string): string => `${name.padEnd(WIDTH)}  ${text}`;
  return [
    'Faults, and by what they are made:',
    ...faultKinds.map(({ name }) => line(name, byName.get(name)?.by ?? '(in the simulator only)')),
    '',
    "OpenChaos' names, and ours for them; WHO is minor, major, leader, fixed or random:",
    ...describeNames().map(([name, meaning]) => line(name, meaning)),
  ].join('\n');
}
