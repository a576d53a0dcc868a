import type { HardState, Message } from '../core/types.ts';
import type { HardStateStore, PortError } from './ports.ts';

/**
 * Saves of the hard state, one at a time, newest wins; and the messages that may leave only when every save before them is fsynced.
 * `saved(number, error)` is called when nothing more waits up to there; with number 0 when the doubt mark is fsynced.
 */
export class StateSaver {
  private readonly store: HardStateStore;
  private readonly saved: (number: number, error: PortError | undefined) => void;
  private inFlight = 0;
  private busy = false;
  private wanted: HardState | undefined;
  private wantedNumber = 0;
  /** The first of the saves that `wanted` stands for: messages from this Ready on wait for it. */
  private wantedFrom = 0;
  private wantedDoubt: boolean | undefined;
  private held: { readonly number: number; readonly messages: readonly Message[] }[] = [];
  private ready: Message[] = [];

  constructor(store: HardStateStore, saved: (number: number, error: PortError | undefined) => void) {
    this.store = store;
    this.saved = saved;
  }

  /** No term or vote waits: messages may leave. (The end of doubt delays nothing: until it is durable the core says that it is in doubt.) */
  get idle(): boolean {
    return this.inFlight === 0 && this.wanted === undefined && this.held.length === 0;
  }

  save(number: number, state: HardState): void {
    if (!this.wanted) this.wantedFrom = number;
    this.wanted = state;
    this.wantedNumber = number;
    this.next();
  }

  saveDoubt(inDoubt: boolean): void {
    this.wantedDoubt = inDoubt;
    this.next();
  }

  /** Messages of Ready `number`. */
  hold(number: number, messages: readonly Message[]): void {
    if (messages.length > 0) this.held.push({ number, messages });
  }

  /** Messages that may leave now. */
  takeHeld(): readonly Message[] {
    const { ready } = this;
    this.ready = [];
    return ready;
  }

  private next(): void {
    if (this.busy) return;
    if (this.wanted) {
      const state = this.wanted;
      this.inFlight = this.wantedNumber;
      this.wanted = undefined;
      this.busy = true;
      this.store.save(state, (error) => this.done(error));
    } else if (this.wantedDoubt !== undefined) {
      const doubt = this.wantedDoubt;
      this.wantedDoubt = undefined;
      this.busy = true;
      this.store.saveDoubt(doubt, (error) => this.done(error));
    }
  }

  private done(error: PortError | undefined): void {
    const number = this.inFlight;
    this.inFlight = 0;
    this.busy = false;
    if (error) {
      this.saved(number, error);
      return;
    }
    // Held messages of Readys before the first save that waits may go. (Not before the newest: what it replaced was never saved.)
    const bound = this.wanted ? this.wantedFrom : Number.POSITIVE_INFINITY;
    while (this.held.length > 0 && (this.held[0] as { number: number }).number < bound) {
      this.ready.push(...(this.held.shift() as { messages: readonly Message[] }).messages);
    }
    this.next();
    this.saved(number, undefined);
  }
}
