import type { BrokerWatch } from './broker-watch.ts';
import type { ConfirmedHistories } from './confirmed-histories.ts';

/** What one broker showed as confirmed is what every broker shows at that place: it never changes, and is never cut (cluster/ha/README.md). Compared in the files. */
export class ConfirmedPrefix {
  readonly name = 'confirmed-prefix';
  readonly #histories: ConfirmedHistories;

  constructor(histories: ConfirmedHistories) {
    this.#histories = histories;
  }

  shows(broker: Pick<BrokerWatch, 'name' | 'files'>, from: number, to: number): string | undefined {
    return this.#histories.shownBy(broker, from, to) === undefined ? this.#differs(broker, from, to) : undefined;
  }

  /** Held against what is in force. */
  #differs({ name, files }: Pick<BrokerWatch, 'name' | 'files'>, from: number, to: number): string | undefined {
    const bytes = files.read(from, to, 'cache');
    const right = this.#histories.newest.bytes.slice(from, to);
    if (bytes.equals(right)) return undefined;
    const at = bytes.findIndex((byte, index) => byte !== right[index]);
    return `${name} shows something else at ${from + at}, within [${from}, ${to}), than was confirmed there`;
  }

  cut({ name, shown }: BrokerWatch, end: number): string | undefined {
    return end < shown ? `${name} cuts its log at ${end}, though it showed everything up to ${shown}` : undefined;
  }

  /** While its process lives, what a broker takes for confirmed never gets less, whatever becomes of its role. */
  fell({ name, shown }: BrokerWatch, before: number): string {
    return `${name} showed everything up to ${before}, and takes ${shown} for the end of what is confirmed now`;
  }

  healed(brokers: readonly BrokerWatch[]): string | undefined {
    const { end } = this.#histories.newest;
    for (const broker of brokers) {
      if (broker.end !== end) return `${broker.name}'s log ends at ${broker.end}, but ${end} bytes were confirmed`;
      const text = this.#differs(broker, broker.begin, end);
      if (text !== undefined) return text;
    }
    return undefined;
  }
}
