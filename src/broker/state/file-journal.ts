import type { Platform, Timer } from '../../platform/ports.ts';
import type { MessageStore } from '../../store/message-store.ts';
import type { PendingPut, PutMessage, PutRefusal } from '../../store/put-message.ts';
import type { BrokerState } from './broker-state.ts';
import { CONFIG_FILES, type ConfigFileName, readConfigFile, writeConfigFile } from './config-files.ts';
import type { JournalDone, StateJournal } from './journal.ts';
import type { StateChange } from './state-change.ts';

export interface FileJournalOptions {
  readonly platform: Platform;
  readonly store: MessageStore;
  readonly state: BrokerState;
  /** `config` under the store directory. */
  readonly directory: string;
  /** Longest time that offsets nobody waits for stay out of the file, ms. */
  readonly offsetsPeriodMs: number;
  readonly delaysPeriodMs: number;
  /** Told of each change, for slaves. */
  readonly changed?: (change: StateChange) => void;
}

/**
 * The journal of a lone master: RocketMQ's JSON files (ConfigManager.java), so that a stock broker can take the directory over. Topics and groups are
 * written on change, offsets and delay progress from time to time; a change that somebody waits for is written at the end of its turn.
 * Files cannot be written together with messages: after a crash a delayed message may come twice, as with RocketMQ.
 */
export class FileJournal implements StateJournal {
  readonly #options: FileJournalOptions;
  readonly #dirty = new Set<ConfigFileName>();
  #waiting: JournalDone[] = [];
  #writeAtEndOfTurn = false;
  readonly #timers: Timer[] = [];

  constructor(options: FileJournalOptions) {
    this.#options = options;
  }

  /** Reads the files into the state and starts the periodic writes. Throws a sentence if a file cannot be read. */
  start(): void {
    const { platform, directory, state, offsetsPeriodMs, delaysPeriodMs } = this.#options;
    platform.disk.makeDirectory(directory);
    for (const name of CONFIG_FILES) {
      const warning = readConfigFile(platform.disk, directory, name, state);
      if (warning !== undefined) platform.logger.warn(warning);
    }
    this.#timers.push(platform.timers.every(offsetsPeriodMs, () => this.#writeOne('consumerOffset')));
    this.#timers.push(platform.timers.every(delaysPeriodMs, () => this.#writeOne('delayOffset')));
  }

  /** A slave took over a part of its master's state: the file follows, at once where a master would write at once. */
  imported(name: ConfigFileName): void {
    this.#dirty.add(name);
    if (name === 'topics' || name === 'subscriptionGroup') this.#writeSoon();
  }

  /** Writes what is not written yet. */
  stop(): void {
    for (const timer of this.#timers) this.#options.platform.timers.cancel(timer);
    this.#writeAll([...this.#dirty]);
  }

  append(changes: readonly StateChange[], done?: JournalDone): PutRefusal | undefined {
    let urgent = done !== undefined;
    for (const change of changes) {
      this.#apply(change);
      if (change.type.startsWith('topic') || change.type.startsWith('group')) urgent = true;
    }
    // Nothing of it goes into a file.
    if (changes.length > 0 && changes.every(({ type }) => FILES_OF[type].length === 0)) {
      if (done !== undefined) this.#options.platform.timers.endOfTurn(() => done('committed'));
      return undefined;
    }
    if (done !== undefined) this.#waiting.push(done);
    if (urgent) this.#writeSoon();
    return undefined;
  }

  #writeSoon(): void {
    if (this.#writeAtEndOfTurn) return;
    this.#writeAtEndOfTurn = true;
    this.#options.platform.timers.endOfTurn(this.#endOfTurn);
  }

  appendWith(
    messages: readonly PutMessage[],
    changes: readonly StateChange[],
    pending: PendingPut,
  ): PutRefusal | undefined {
    const refusal = this.#options.store.putUnit(messages, pending);
    if (refusal === undefined) for (const change of changes) this.#apply(change);
    return refusal;
  }

  #apply(change: StateChange): void {
    this.#options.state.stage(change);
    this.#options.state.commit(change);
    for (const name of FILES_OF[change.type]) this.#dirty.add(name);
    this.#options.changed?.(change);
  }

  readonly #endOfTurn = (): void => {
    this.#writeAtEndOfTurn = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    const written = this.#writeAll([...this.#dirty]);
    for (const done of waiting) done(written ? 'committed' : 'unknown');
  };

  #writeAll(names: readonly ConfigFileName[]): boolean {
    let written = true;
    for (const name of names) written = this.#writeOne(name) && written;
    return written;
  }

  /** False if the disk refused; the file stays dirty and is tried again. */
  #writeOne(name: ConfigFileName): boolean {
    if (!this.#dirty.has(name)) return true;
    const { platform, directory, state } = this.#options;
    try {
      writeConfigFile(platform.disk, directory, name, state);
      this.#dirty.delete(name);
      return true;
    } catch (error) {
      platform.logger.error('Could not write a configuration file', {
        file: `${directory}/${name}.json`,
        error: error instanceof Error ? error.message : String(error),
      });
      return false;
    }
  }
}

const FILES_OF: Readonly<Record<StateChange['type'], readonly ConfigFileName[]>> = {
  'topic-put': ['topics'],
  'topic-delete': ['topics'],
  'group-put': ['subscriptionGroup'],
  'group-delete': ['subscriptionGroup'],
  'offsets-put': ['consumerOffset'],
  'offsets-delete': ['consumerOffset'],
  'delay-progress': ['delayOffset'],
  // RocketMQ keeps them in memory alone.
  'queue-lock': [],
};
