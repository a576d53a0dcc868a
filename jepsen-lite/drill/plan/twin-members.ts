import type { RunningTarget } from './plan.ts';

/** What two members cannot have in common. */
const OWN = ['name', 'address', 'http'] as const;

/** Which two members of a running group are told as one, in one sentence; undefined: none. Who is away is counted by name and found by address, so that twins would hide that a majority is. */
export function twinProblem({ members }: RunningTarget): string | undefined {
  for (const key of OWN) {
    const values = members.map((member) => member[key]?.toLowerCase());
    for (const [at, value] of values.entries()) {
      const first = values.indexOf(value);
      if (value !== undefined && first < at)
        return `target.members[${at}].${key}: target.members[${first}] has ${members[at]?.[key]}, too; each member needs one of its own`;
    }
  }
  return undefined;
}
