import type { BrokerState } from '../../src/broker/state/broker-state.ts';
import type { ConfigFileName } from '../../src/broker/state/config-files.ts';
import type { FileJournal } from '../../src/broker/state/file-journal.ts';
import { SECTION_FILES, type StateSection } from '../../src/broker/state/snapshot-sections.ts';
import type { NativeStore } from '../../src/store/native-store.ts';
import { decodeBeginning } from './beginning.ts';

/** A slave's copy of its master's topics, groups, offsets and delay progress, in memory and in RocketMQ's files. */
export class StateMirror {
  readonly #state: BrokerState;
  readonly #store: NativeStore;
  readonly #journal: FileJournal;

  constructor(state: BrokerState, store: NativeStore, journal: FileJournal) {
    this.#state = state;
    this.#store = store;
    this.#journal = journal;
  }

  /** A part of the state, as of everything that the slave's log holds now. */
  take(section: StateSection): void {
    const beginning = decodeBeginning(section);
    if (beginning !== undefined) this.#store.adoptState(beginning);
    const file: ConfigFileName | undefined = SECTION_FILES[section.type];
    if (file === undefined) return;
    const before = file === 'topics' ? this.#topicNames() : [];
    this.#state.importSection(section);
    if (file === 'topics') {
      const now = new Set(this.#topicNames());
      for (const topic of before) if (!now.has(topic)) this.#store.store.removeTopic(topic);
    }
    this.#journal.imported(file);
  }

  #topicNames(): string[] {
    return this.#state.topics.committed().topics.map(({ topicName }) => topicName);
  }
}
