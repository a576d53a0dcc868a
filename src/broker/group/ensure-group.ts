import type { BrokerParts } from '../parts.ts';
import { type GroupConfig, groupConfig, groupNameProblem } from './group-config.ts';

/**
 * The group's settings; a group that is unknown is created with the defaults if the configuration allows it. Only the serving master
 * creates: elsewhere the defaults are used and nothing is kept. Undefined if the group does not exist and may not.
 */
export function ensureGroup(parts: BrokerParts, name: string): GroupConfig | undefined {
  const { state, config, mastership, journal, platform } = parts;
  const known = state.groups.get(name);
  if (known !== undefined) return known;
  if (!config.autoCreateSubscriptionGroup || groupNameProblem(name) !== undefined) return undefined;
  const created = groupConfig(name);
  if (mastership.serving) {
    const dataVersion = state.groups.nextVersion(mastership.epoch, platform.clock.nowMs());
    // A refusal leaves the group for the next request that names it.
    journal.append([{ type: 'group-put', config: created, dataVersion }]);
  }
  return created;
}
