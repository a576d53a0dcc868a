import { Heap } from '../../src/base/heap.ts';
import { Trace } from './trace.ts';

/** Whose event it is: a process. Events of one that is dead are dropped, those of one that is paused wait. */
export interface EventOwner {
  /** Small number of its own, for the trace. */
  readonly id: number;
  readonly alive: boolean;
  /** Events that came while it is paused; undefined while it runs. */
  held: SimEvent[] | undefined;
  /** Callbacks for the end of its turn, and those behind them. */
  turn: (() => void)[];
  output: (() => void)[];
  /** The end of its turn is to come. */
  turnEnds: boolean;
}

/** Something that will happen. `kernel`: it happens although the owner is dead (its machine answers for it). */
export interface SimEvent {
  atMicros: number;
  sequence: number;
  readonly owner: EventOwner | undefined;
  readonly kernel: boolean;
  readonly run: () => void;
  cancelled: boolean;
}

/**
 * How the loop of the real process is used. `drain` calls back when all promises have settled as far as they can without a further event;
 * `breathe` lets signals and output through first. They come in as arguments, because the engine's queues belong to the programs.
 */
export interface Engine {
  drain(step: () => void): void;
  breathe(step: () => void): void;
}

/** Events between two breaths. */
const BREATH_EVENTS = 1_000;
/** Turns at one instant after which something spins. */
const MOST_TURNS = 100_000;

/**
 * Virtual time: events in the order of (time, sequence), whole microseconds. Between two events all promises settle. What is registered for the end of
 * a turn runs when nothing more is due at the instant.
 */
export class EventLoop {
  readonly trace: Trace;
  readonly #engine: Engine;
  readonly #heap = new Heap<SimEvent>(
    (a, b) => a.atMicros < b.atMicros || (a.atMicros === b.atMicros && a.sequence < b.sequence),
  );
  /** Owners with callbacks for the end of the turn. */
  readonly #turns: EventOwner[] = [];
  /** The owner whose callbacks for the end of the turn run now. */
  #ending: EventOwner | undefined;
  #nowMicros = 0;
  #sequence = 0;
  #turnsAtInstant = 0;
  /** Events that ran. */
  events = 0;
  /** Called after each event, with the process that it touched. */
  afterEvent: (owner: EventOwner | undefined) => void = () => {};
  /** A process threw out of an event. */
  onThrow: (owner: EventOwner | undefined, thrown: unknown) => void = (_owner, thrown) => {
    throw thrown;
  };

  constructor(engine: Engine, trace: Trace = new Trace()) {
    this.#engine = engine;
    this.trace = trace;
  }

  get nowMicros(): number {
    return this.#nowMicros;
  }

  get nowMs(): number {
    return this.#nowMicros / 1_000;
  }

  schedule(delayMicros: number, owner: EventOwner | undefined, run: () => void, kernel = false): SimEvent {
    const event = { atMicros: 0, sequence: 0, owner, kernel, run, cancelled: false };
    this.again(event, delayMicros);
    return event;
  }

  /** Puts an event that has run back in. */
  again(event: SimEvent, delayMicros: number): void {
    event.atMicros = this.#nowMicros + Math.max(0, Math.round(delayMicros));
    event.sequence = this.#sequence++;
    this.#heap.push(event);
  }

  atEndOfTurn(owner: EventOwner, callback: () => void): void {
    owner.turn.push(callback);
    this.#planEnd(owner);
  }

  /** Behind the callbacks for the end of the turn, in the same event. */
  atLastInTurn(owner: EventOwner, callback: () => void): void {
    owner.output.push(callback);
    if (this.#ending !== owner) this.#planEnd(owner);
  }

  #planEnd(owner: EventOwner): void {
    if (owner.turnEnds) return;
    owner.turnEnds = true;
    this.#turns.push(owner);
  }

  /** What came while the owner was paused happens now, in order. */
  resume(owner: EventOwner): void {
    const held = owner.held ?? [];
    owner.held = undefined;
    for (const event of held) this.again(event, 0);
  }

  /** Runs events until the condition holds (true) or `limitMicros` (absolute) is reached (false). Looks at the condition after each event. */
  run(limitMicros: number, condition: () => boolean = () => false): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const { drain, breathe } = this.#engine;
      const goOn = (): boolean => {
        if (condition()) resolve(true);
        else if (this.#next(limitMicros)) return true;
        else {
          this.#nowMicros = Math.max(this.#nowMicros, limitMicros);
          resolve(false);
        }
        return false;
      };
      const step = (): void => {
        try {
          if (!goOn()) return;
        } catch (thrown) {
          reject(thrown);
          return;
        }
        if (this.events % BREATH_EVENTS === 0) breathe(step);
        else drain(step);
      };
      drain(step);
    });
  }

  /** One event, or one process's end of turn; false if nothing is due by the limit. */
  #next(limitMicros: number): boolean {
    for (;;) {
      const event = this.#heap.peek();
      if (this.#turns.length > 0 && (event === undefined || event.atMicros > this.#nowMicros)) {
        this.#endTurn(this.#turns.shift() as EventOwner);
        return true;
      }
      if (event === undefined || event.atMicros > limitMicros) return false;
      this.#heap.pop();
      if (event.cancelled) continue;
      const { owner } = event;
      if (owner !== undefined) {
        if (!owner.alive && !event.kernel) continue;
        if (owner.held !== undefined) {
          owner.held.push(event);
          continue;
        }
      }
      if (event.atMicros > this.#nowMicros) this.#turnsAtInstant = 0;
      this.#nowMicros = event.atMicros;
      this.events++;
      this.trace.mix(event.atMicros, owner === undefined ? 0 : owner.id);
      this.#call(owner, event.run);
      this.afterEvent(owner);
      return true;
    }
  }

  #endTurn(owner: EventOwner): void {
    owner.turnEnds = false;
    const callbacks = owner.turn;
    owner.turn = [];
    if (!owner.alive) return;
    if (owner.held !== undefined) {
      for (const callback of callbacks) owner.held.push(this.#turnEvent(owner, callback));
      for (const callback of this.#takeOutput(owner)) owner.held.push(this.#turnEvent(owner, callback));
      return;
    }
    if (++this.#turnsAtInstant > MOST_TURNS) throw new Error('the turns of one instant do not end');
    this.events++;
    this.trace.mix(callbacks.length, owner.id + 0x10000);
    this.#ending = owner;
    for (const callback of callbacks) this.#call(owner, callback);
    this.#ending = undefined;
    for (const callback of this.#takeOutput(owner)) this.#call(owner, callback);
    this.afterEvent(owner);
  }

  #takeOutput(owner: EventOwner): readonly (() => void)[] {
    const { output } = owner;
    owner.output = [];
    return output;
  }

  #turnEvent(owner: EventOwner, run: () => void): SimEvent {
    return { atMicros: this.#nowMicros, sequence: 0, owner, kernel: false, run, cancelled: false };
  }

  #call(owner: EventOwner | undefined, run: () => void): void {
    try {
      run();
    } catch (thrown) {
      this.onThrow(owner, thrown);
    }
  }
}
