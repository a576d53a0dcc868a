import { StartFailure } from '../../cluster/launch/start-group.ts';
import { createNodePlatform } from '../../src/platform/node/node-platform.ts';
import { describePlan, type Now } from '../drill/plan/describe-plan.ts';
import type { Plan } from '../drill/plan/plan.ts';
import { type Present, rollCall, versionsText } from '../drill/target/running-roll-call.ts';
import { membersMeant } from '../live/chaos/hurtable.ts';

/** Says what a plan would do, and to whom: a group that runs is asked who leads. Throws StartFailure where it does not answer. */
export async function dryRun(plan: Plan): Promise<string> {
  const { target } = plan;
  if (target.kind !== 'running') return describePlan(plan);
  const present = await rollCall(createNodePlatform({ logger: { level: 'error' } }), target);
  if (present === undefined)
    throw new StartFailure(
      `target.nameServer: ${target.nameServer} does not answer, so that nobody knows whom the plan would hit:\n${describePlan(plan)}`,
    );
  return describePlan(plan, nowOf(present));
}

/** What a roll call has shown. */
export function nowOf(present: readonly Present[]): Now {
  const leader = present.find(({ leads }) => leads);
  const states = present.map((member) => {
    const { name, isRegistered, leads, version } = member;
    if (!isRegistered) return `${name} is not registered`;
    return version === undefined ? `${name} does not answer` : `${name} is there${leads ? ' and leads' : ''}`;
  });
  return {
    text: `${states.join(', ')}; version ${versionsText(present)}`,
    meant: (target) => membersMeant(present, leader, target).map(({ name }) => name),
  };
}
