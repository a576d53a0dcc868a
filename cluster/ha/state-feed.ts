import type { BrokerState } from '../../src/broker/state/broker-state.ts';
import type { StateSection } from '../../src/broker/state/snapshot-sections.ts';
import type { Timer, Timers } from '../../src/platform/ports.ts';
import type { SlaveLink } from './slave-link.ts';

/** How often a master looks for changes of what does not ride its log. */
const LOOK_MS = 1_000;

interface Sent {
  /** By section type: the content that the slave has. */
  readonly contents: Map<number, Buffer>;
}

/**
 * Brings topics, groups, consumer offsets and delay progress of a master that keeps them in files to its slaves: each part that changed (topics and groups at once, the rest
 * within a second), behind everything that the log held then (RocketMQ's slaves ask for all of it every 10 s).
 */
export class StateFeed {
  readonly #state: BrokerState;
  readonly #timers: Timers;
  readonly #slaves = new Map<SlaveLink, Sent>();
  /** As of the last look. */
  #sections: readonly StateSection[] = [];
  #timer: Timer | undefined;
  #soon = false;
  readonly #endOfTurn = (): void => {
    this.#soon = false;
    if (this.#slaves.size > 0) this.#look();
  };

  constructor(state: BrokerState, timers: Timers) {
    this.#state = state;
    this.#timers = timers;
  }

  joined(link: SlaveLink): void {
    this.#slaves.set(link, { contents: new Map() });
    this.#timer ??= this.#timers.every(LOOK_MS, () => this.#look());
    this.#sections = this.#state.export();
  }

  left(link: SlaveLink): void {
    this.#slaves.delete(link);
    if (this.#slaves.size === 0) this.stop();
  }

  /** The slave was sent all of the log: what it lacks of the state follows. */
  upToDate(link: SlaveLink): void {
    const sent = this.#slaves.get(link);
    if (sent === undefined) return;
    for (const section of this.#sections) {
      if (sent.contents.get(section.type) === section.content) continue;
      sent.contents.set(section.type, section.content);
      link.sendState(section);
    }
  }

  /** A topic or a group changed: a message that is stored next shall not wait for it. */
  lookSoon(): void {
    if (this.#soon || this.#slaves.size === 0) return;
    this.#soon = true;
    this.#timers.endOfTurn(this.#endOfTurn);
  }

  #look(): void {
    const before = new Map(this.#sections.map((section) => [section.type, section]));
    // A part that did not change stays the same object: that is how `upToDate` tells.
    this.#sections = this.#state.export().map((section) => {
      const known = before.get(section.type);
      return known?.content.equals(section.content) ? known : section;
    });
    for (const link of this.#slaves.keys()) link.pump();
  }

  stop(): void {
    if (this.#timer !== undefined) this.#timers.cancel(this.#timer);
    this.#timer = undefined;
  }
}
