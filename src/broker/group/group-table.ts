import type { DataVersion } from '../../protocol/body/data-version.ts';
import { FIRST_DATA_VERSION, nextDataVersion } from '../state/data-version.ts';
import { TwoLevelMap } from '../state/two-level-map.ts';
import { type GroupConfig, groupConfig } from './group-config.ts';

const VERSION = '';

/** Bits by group and topic that say what RocketMQ forbids a group there (SubscriptionGroupManager.forbiddenTable). */
export type ForbiddenTable = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Groups that every broker has (SubscriptionGroupManager.init). */
const SYSTEM_GROUPS: ReadonlyMap<string, GroupConfig> = new Map(
  [
    'TOOLS_CONSUMER',
    'FILTERSRV_CONSUMER',
    'SELF_TEST_C_GROUP',
    'CID_ONS-HTTP-PROXY',
    'CID_ONSAPI_PULL',
    'CID_ONSAPI_PERMISSION',
    'CID_ONSAPI_OWNER',
    'CID_RMQ_SYS_TRANS',
  ].map((name) => [name, groupConfig(name)]),
);

/** The subscription groups: built-in ones, and those of the state at two levels (raft/SAFETY.md 5). Changes come in through the journal alone. */
export class GroupTable {
  readonly #groups = new TwoLevelMap<GroupConfig>();
  readonly #version = new TwoLevelMap<DataVersion>();
  #forbidden: ForbiddenTable = {};

  /** The group at the tail. An explicit setting wins over the built-in one. */
  get(group: string): GroupConfig | undefined {
    return this.#groups.get(group) ?? SYSTEM_GROUPS.get(group);
  }

  /** The same as the built-in group of that name? Files of stock brokers hold those too. */
  isBuiltIn(config: GroupConfig): boolean {
    const builtIn = SYSTEM_GROUPS.get(config.groupName);
    return builtIn !== undefined && JSON.stringify(builtIn) === JSON.stringify(groupConfig(config.groupName, config));
  }

  get dataVersion(): DataVersion {
    return this.#version.get(VERSION) ?? FIRST_DATA_VERSION;
  }

  /** Kept for RocketMQ, and without effect here. */
  get forbidden(): ForbiddenTable {
    return this.#forbidden;
  }

  nextVersion(epoch: number, nowMs: number): DataVersion {
    return nextDataVersion(this.dataVersion, epoch, nowMs);
  }

  /** All groups at the tail. */
  all(): GroupConfig[] {
    const own = new Map(this.#groups.entries());
    return [...new Map([...SYSTEM_GROUPS, ...own]).values()];
  }

  stagePut(config: GroupConfig, version: DataVersion): void {
    this.#groups.stage(config.groupName, config);
    this.#version.stage(VERSION, version);
  }

  commitPut(config: GroupConfig, version: DataVersion): void {
    this.#groups.commit(config.groupName, config);
    this.#version.commit(VERSION, version);
  }

  stageDelete(group: string, version: DataVersion): void {
    this.#groups.stage(group, undefined);
    this.#version.stage(VERSION, version);
  }

  commitDelete(group: string, version: DataVersion): void {
    this.#groups.commit(group, undefined);
    this.#version.commit(VERSION, version);
    const { [group]: _, ...others } = this.#forbidden;
    this.#forbidden = others;
  }

  dropTail(): void {
    this.#groups.dropTail();
    this.#version.dropTail();
  }

  /** Committed groups sorted by name, built-in ones not among them. */
  committed(): { dataVersion: DataVersion; groups: GroupConfig[]; forbiddenTable?: ForbiddenTable } {
    return {
      dataVersion: this.#version.committedGet(VERSION) ?? FIRST_DATA_VERSION,
      groups: this.#groups.committedEntries().map(([, config]) => config),
      ...(Object.keys(this.#forbidden).length === 0 ? {} : { forbiddenTable: this.#forbidden }),
    };
  }

  import(dataVersion: DataVersion, groups: readonly GroupConfig[], forbidden: ForbiddenTable = {}): void {
    this.#forbidden = forbidden;
    this.#groups.import(groups.map((config) => [config.groupName, config]));
    this.#version.import([[VERSION, dataVersion]]);
  }
}
