import { createHash } from 'node:crypto';
import { QueueOwners } from '../client-manager/queue-owners.ts';
import type { BrokerConfig } from '../config/broker-config.ts';
import { GroupTable } from '../group/group-table.ts';
import { OffsetTable, offsetKey } from '../offset/offset-table.ts';
import { DelayProgress } from '../schedule/delay-progress.ts';
import { systemTopics } from '../topic/system-topics.ts';
import { TopicTable } from '../topic/topic-table.ts';
import { exportSections, importSection, type StateSection } from './snapshot-sections.ts';
import type { StateChange } from './state-change.ts';

/** What the message store has to know of topics; `MessageStore` is one. */
export interface TopicQueues {
  /** The removal of a topic is at the tail of the log: its queues start anew for what is put behind it. */
  topicRemovalAppended(topic: string): void;
  /** The removal is confirmed. */
  removeTopic(topic: string): void;
}

/**
 * The broker's replicated state (README.md, promise 9): the same on every node at the same applied index. The journal is the only
 * one that stages and commits.
 */
export class BrokerState {
  readonly topics: TopicTable;
  readonly groups = new GroupTable();
  readonly offsets = new OffsetTable();
  readonly delays = new DelayProgress();
  readonly owners = new QueueOwners();
  readonly #queues: TopicQueues;
  #topicsChanged: () => void = () => {};

  constructor(config: BrokerConfig, queues: TopicQueues) {
    this.topics = new TopicTable(systemTopics(config));
    this.#queues = queues;
  }

  /** Called whenever the committed topics changed. */
  onTopicsChanged(listener: () => void): void {
    this.#topicsChanged = listener;
  }

  /** A change of this master was appended to the log: it counts at the tail from here on. */
  stage(change: StateChange): void {
    switch (change.type) {
      case 'topic-put':
        this.topics.stagePut(change.config, change.dataVersion);
        break;
      case 'topic-delete':
        this.topics.stageDelete(change.topic, change.dataVersion);
        this.#queues.topicRemovalAppended(change.topic);
        break;
      case 'group-put':
        this.groups.stagePut(change.config, change.dataVersion);
        break;
      case 'group-delete':
        this.groups.stageDelete(change.group, change.dataVersion);
        break;
      case 'offsets-put':
        this.offsets.stage(change.offsets);
        break;
      case 'offsets-delete':
        this.offsets.stageRemoval(change.entries.map(({ group, topic }) => offsetKey(topic, group)));
        break;
      case 'delay-progress':
        this.delays.stage(change.levels);
        break;
      case 'queue-lock':
        this.owners.stage(change.owners);
        break;
    }
  }

  /** A change was confirmed, on any node. In log order. */
  commit(change: StateChange): void {
    switch (change.type) {
      case 'topic-put':
        this.topics.commitPut(change.config, change.dataVersion);
        this.#topicsChanged();
        break;
      case 'topic-delete':
        this.topics.commitDelete(change.topic, change.dataVersion);
        this.#queues.removeTopic(change.topic);
        this.#topicsChanged();
        break;
      case 'group-put':
        this.groups.commitPut(change.config, change.dataVersion);
        break;
      case 'group-delete':
        this.groups.commitDelete(change.group, change.dataVersion);
        break;
      case 'offsets-put':
        this.offsets.commit(change.offsets);
        break;
      case 'offsets-delete':
        this.offsets.commitRemoval(change.entries.map(({ group, topic }) => offsetKey(topic, group)));
        break;
      case 'delay-progress':
        this.delays.commit(change.levels);
        break;
      case 'queue-lock':
        this.owners.commit(change.owners);
        break;
    }
  }

  /** Step-down: changes that are not confirmed are forgotten; if they are confirmed after all, `commit` brings them back. */
  dropTail(): void {
    this.topics.dropTail();
    this.groups.dropTail();
    this.offsets.dropTail();
    this.delays.dropTail();
    this.owners.dropTail();
  }

  /** The committed state as snapshot sections (raft/FORMATS.md 7): equal states give equal bytes. */
  export(): StateSection[] {
    return exportSections(this);
  }

  /** Replaces the part of the state that a section holds; false if the section is not one of the broker's. Throws a sentence for bad content. */
  importSection(section: StateSection): boolean {
    return importSection(this, section);
  }

  /** Hash of the committed state, for comparing replicas at equal applied index. */
  hash(): string {
    const hash = createHash('sha256');
    for (const { type, content } of this.export()) hash.update(`${type}:`).update(content);
    return hash.digest('hex');
  }
}
