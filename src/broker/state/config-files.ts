import type { Disk } from '../../platform/ports.ts';
import { consumerOffsetTable } from '../../protocol/body/consumer-offset-table.ts';
import { subscriptionGroupTable } from '../../protocol/body/subscription-group-config.ts';
import { topicConfigTable } from '../../protocol/body/topic-config.ts';
import { defaulted, numberMap, object, whole } from '../../protocol/body-codec.ts';
import { BodyError } from '../../protocol/body-error.ts';
import { type BodyDefinition, defineBody } from '../../protocol/define-body.ts';
import { splitOffsetKey } from '../offset/offset-table.ts';
import type { BrokerState } from './broker-state.ts';

/** RocketMQ's files in `config/` under the store directory that hold the broker's state. */
export type ConfigFileName = 'topics' | 'subscriptionGroup' | 'consumerOffset' | 'delayOffset';

export const CONFIG_FILES: readonly ConfigFileName[] = ['topics', 'subscriptionGroup', 'consumerOffset', 'delayOffset'];

/** Writes one file from the committed state; the previous one becomes `.bak`. Throws the platform's disk error. */
export function writeConfigFile(disk: Disk, directory: string, name: ConfigFileName, state: BrokerState): void {
  const path = `${directory}/${name}.json`;
  const previous = disk.readFile(path);
  if (previous !== undefined) disk.replaceFile(`${path}.bak`, previous);
  disk.replaceFile(path, Buffer.from(JSON.stringify(configContent(name, state), null, '\t')));
}

/** What a file holds. */
export function configContent(name: ConfigFileName, state: BrokerState): object {
  switch (name) {
    case 'topics': {
      // Stock brokers find their system topics in this file, so they are written too.
      const topicConfigTable = Object.fromEntries(state.topics.all().map((config) => [config.topicName, config]));
      return { dataVersion: state.topics.dataVersion, topicConfigTable };
    }
    case 'subscriptionGroup': {
      const subscriptionGroupTable = Object.fromEntries(state.groups.all().map((config) => [config.groupName, config]));
      const { dataVersion, forbidden: forbiddenTable } = state.groups;
      return { dataVersion, forbiddenTable, subscriptionGroupTable };
    }
    case 'consumerOffset': {
      const table = state.offsets.committedEntries().map(([key, offsets]) => [key, definedOnly(offsets)]);
      return { offsetTable: Object.fromEntries(table) };
    }
    case 'delayOffset': {
      const table = state.delays.committed().map(({ level, nextOffset }) => [level, nextOffset]);
      return { offsetTable: Object.fromEntries(table) };
    }
  }
}

function definedOnly(offsets: readonly (number | undefined)[]): Record<string, number> {
  const defined: Record<string, number> = {};
  offsets.forEach((offset, queueId) => {
    if (offset !== undefined) defined[queueId] = offset;
  });
  return defined;
}

/**
 * Reads one file into the state, RocketMQ's own included; falls back to `.bak` where the file is missing or cannot be read. Gives a warning if
 * the fallback was needed; throws a sentence if both are there and neither can be read.
 */
export function readConfigFile(
  disk: Disk,
  directory: string,
  name: ConfigFileName,
  state: BrokerState,
): string | undefined {
  const path = `${directory}/${name}.json`;
  const problems: string[] = [];
  for (const candidate of [path, `${path}.bak`]) {
    const bytes = disk.readFile(candidate);
    if (bytes === undefined || bytes.length === 0) continue;
    const problem = load(name, bytes, state);
    if (problem === undefined) return problems.length === 0 ? undefined : `${problems[0]}; took ${candidate} instead`;
    problems.push(`${candidate} cannot be read: ${problem}`);
  }
  if (problems.length > 0)
    throw new Error(`${problems.join('; ')}. Restore the file, or move it away to start without`);
  return undefined;
}

const delayOffsetTable = defineBody(
  'DelayOffsetSerializeWrapper',
  object({ offsetTable: defaulted(numberMap(whole), new Map<number, number>()) }),
);

/** What is wrong with the file, or undefined if it is in the state now. */
function load(name: ConfigFileName, bytes: Buffer, state: BrokerState): string | undefined {
  switch (name) {
    case 'topics':
      return decoded(topicConfigTable, bytes, (body) => {
        state.topics.import(body.dataVersion, [...body.topicConfigTable.values()]);
      });
    case 'subscriptionGroup':
      return decoded(subscriptionGroupTable, bytes, (body) => {
        const groups = [...body.subscriptionGroupTable.values()].filter((config) => !state.groups.isBuiltIn(config));
        state.groups.import(body.dataVersion, groups, body.forbiddenTable);
      });
    case 'consumerOffset':
      return decoded(consumerOffsetTable, bytes, ({ offsetTable }) => {
        const entries = [...offsetTable].filter(([key]) => splitOffsetKey(key)[1] !== '');
        state.offsets.import(entries.map(([key, queues]) => [key, asList(queues)]));
      });
    case 'delayOffset':
      return decoded(delayOffsetTable, bytes, ({ offsetTable }) => {
        state.delays.import([...offsetTable].map(([level, nextOffset]) => ({ level, nextOffset })));
      });
  }
}

function decoded<T>(definition: BodyDefinition<T>, bytes: Buffer, take: (body: T) => void): string | undefined {
  const body = definition.decode(bytes);
  if (body instanceof BodyError) return body.message;
  take(body);
  return undefined;
}

function asList(queues: ReadonlyMap<number, number>): (number | undefined)[] {
  const offsets: (number | undefined)[] = [];
  for (const [queueId, offset] of queues) {
    while (offsets.length < queueId) offsets.push(undefined);
    offsets[queueId] = offset;
  }
  return offsets;
}
