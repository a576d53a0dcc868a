import type { ControlledBroker } from '../../cluster/controller/client/controlled-broker.ts';
import type { BrokerData } from '../invariant/raft-member.ts';
import type { LogFiles } from './log-files.ts';

type Parts = ControlledBroker['parts'];

/** Called for each change that is found. */
export interface BrokerEvents {
  /** Its process opened its files. */
  opened(broker: BrokerWatch): void;
  /** It became the master of an epoch. */
  leads(broker: BrokerWatch, epoch: number): void;
  /** It is master no longer. */
  follows(broker: BrokerWatch, epoch: number): void;
  serves(broker: BrokerWatch, epoch: number): void;
  appended(broker: BrokerWatch): void;
  /** Its log begins later than before; `began`: it was empty, and begins late. */
  removed(broker: BrokerWatch, began: boolean): void;
  /** Its log was cut: it keeps what it had up to here. */
  cut(broker: BrokerWatch, end: number): void;
  /** It takes for confirmed, and shows, what stands in [from, to). */
  confirmed(broker: BrokerWatch, from: number, to: number): void;
  /** As master it may acknowledge what stands in [from, to). */
  answered(broker: BrokerWatch, from: number, to: number): void;
  /** It had shown what stands before `before`, and takes less for confirmed now. */
  confirmedFell(broker: BrokerWatch, before: number): void;
  applied(broker: BrokerWatch, position: number): void;
}

/** Looks, after each event of one broker, at what has changed since the last look. Costs next to nothing when nothing has. */
export class BrokerWatch {
  readonly name: string;
  readonly files: LogFiles;
  readonly #events: BrokerEvents;
  #parts: Parts | undefined;
  /** Start of its log, and its end. */
  begin = 0;
  end = 0;
  /** End of what it shows. */
  shown = 0;
  applied = 0;
  #answered = 0;
  /** See SameState: the state is always that of what is applied. */
  readonly stateFrom = 0;
  #ledEpoch = 0;
  #servedEpoch = 0;

  constructor(name: string, files: LogFiles, events: BrokerEvents) {
    this.name = name;
    this.files = files;
    this.#events = events;
  }

  /** Of a broker that runs. */
  get parts(): Parts {
    return this.#parts as Parts;
  }

  get data(): BrokerData {
    return this.parts;
  }

  get running(): boolean {
    return this.#parts !== undefined;
  }

  /** Epoch of which it is the master now; 0: none. */
  get ledEpoch(): number {
    return this.#ledEpoch;
  }

  opened(broker: ControlledBroker): void {
    this.#parts = broker.parts;
    this.begin = this.#parts.log.minPosition;
    this.end = this.#parts.log.endPosition;
    this.shown = 0;
    this.applied = 0;
    this.#answered = this.#parts.log.confirmedTicket;
    this.#ledEpoch = 0;
    this.#servedEpoch = 0;
    this.#events.opened(this);
  }

  gone(): void {
    this.#parts = undefined;
    this.#ledEpoch = 0;
  }

  look(): void {
    const parts = this.#parts;
    if (parts === undefined) return;
    const { log, node, store } = parts;
    const { minPosition, endPosition, confirmedPosition } = log;
    if (minPosition !== this.begin) {
      const wasEmpty = this.begin === this.end;
      this.begin = minPosition;
      if (wasEmpty) this.end = minPosition;
      this.#events.removed(this, wasEmpty);
    }
    if (endPosition !== this.end) {
      const before = this.end;
      this.end = endPosition;
      if (endPosition < before) this.#events.cut(this, endPosition);
      else this.#events.appended(this);
    }
    const epoch = node.masterRole?.epoch ?? 0;
    if (epoch !== this.#ledEpoch) {
      this.#ledEpoch = epoch;
      if (epoch > 0) this.#events.leads(this, epoch);
      else this.#events.follows(this, node.masterEpoch);
    }
    this.#lookAtAnswers(log.confirmedTicket);
    if (confirmedPosition > this.shown) {
      const from = Math.max(this.shown, minPosition);
      this.shown = confirmedPosition;
      this.#events.confirmed(this, from, confirmedPosition);
    } else if (confirmedPosition < this.shown) {
      const before = this.shown;
      this.shown = confirmedPosition;
      this.#events.confirmedFell(this, before);
    }
    const { dispatchedPosition } = store;
    if (dispatchedPosition !== this.applied) {
      this.applied = dispatchedPosition;
      this.#events.applied(this, dispatchedPosition);
    }
    if (node.serving && epoch > 0 && epoch !== this.#servedEpoch) {
      this.#servedEpoch = epoch;
      this.#events.serves(this, epoch);
    }
  }

  /** What it takes for safe as a slave it tells nobody. */
  #lookAtAnswers(safe: number): void {
    const from = this.#answered;
    this.#answered = safe;
    if (this.#ledEpoch > 0 && safe > from) this.#events.answered(this, from, safe);
  }
}
