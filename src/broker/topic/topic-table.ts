import type { DataVersion } from '../../protocol/body/data-version.ts';
import { INTERNAL_TOPIC } from '../../store/internal-topic.ts';
import { FIRST_DATA_VERSION, nextDataVersion } from '../state/data-version.ts';
import { TwoLevelMap } from '../state/two-level-map.ts';
import type { TopicConfig } from './topic-config.ts';

const VERSION = '';

/**
 * The topics of this broker: the system topics of its configuration, and those of the state, at two levels (raft/SAFETY.md 5). Decides on the
 * tail. Changes come in through the journal alone.
 */
export class TopicTable {
  readonly #system: ReadonlyMap<string, TopicConfig>;
  readonly #topics = new TwoLevelMap<TopicConfig>();
  readonly #version = new TwoLevelMap<DataVersion>();

  constructor(system: ReadonlyMap<string, TopicConfig>) {
    this.#system = system;
  }

  get(topic: string): TopicConfig | undefined {
    return this.#system.get(topic) ?? this.#topics.get(topic);
  }

  isSystem(topic: string): boolean {
    return this.#system.has(topic) || topic === INTERNAL_TOPIC || topic.startsWith('rmq_sys_');
  }

  systemNames(): string[] {
    return [...this.#system.keys()];
  }

  /** Version at the tail. */
  get dataVersion(): DataVersion {
    return this.#version.get(VERSION) ?? FIRST_DATA_VERSION;
  }

  nextVersion(epoch: number, nowMs: number): DataVersion {
    return nextDataVersion(this.dataVersion, epoch, nowMs);
  }

  /** All topics at the tail, system topics first. */
  all(): TopicConfig[] {
    const own = [...this.#topics.entries()].filter(([name]) => !this.#system.has(name));
    return [...this.#system.values(), ...own.map(([, config]) => config)];
  }

  stagePut(config: TopicConfig, version: DataVersion): void {
    this.#topics.stage(config.topicName, config);
    this.#version.stage(VERSION, version);
  }

  commitPut(config: TopicConfig, version: DataVersion): void {
    this.#topics.commit(config.topicName, config);
    this.#version.commit(VERSION, version);
  }

  stageDelete(topic: string, version: DataVersion): void {
    this.#topics.stage(topic, undefined);
    this.#version.stage(VERSION, version);
  }

  commitDelete(topic: string, version: DataVersion): void {
    this.#topics.commit(topic, undefined);
    this.#version.commit(VERSION, version);
  }

  dropTail(): void {
    this.#topics.dropTail();
    this.#version.dropTail();
  }

  /** Committed topics sorted by name, system topics not among them. */
  committed(): { dataVersion: DataVersion; topics: TopicConfig[] } {
    return {
      dataVersion: this.#version.committedGet(VERSION) ?? FIRST_DATA_VERSION,
      topics: this.#topics.committedEntries().map(([, config]) => config),
    };
  }

  /** Replaces everything by a committed state. System topics in it are left out: the configuration rules them. */
  import(dataVersion: DataVersion, topics: readonly TopicConfig[]): void {
    const own = topics.filter(({ topicName }) => !this.#system.has(topicName));
    this.#topics.import(own.map((config) => [config.topicName, config]));
    this.#version.import([[VERSION, dataVersion]]);
  }
}
