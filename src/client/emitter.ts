/** Called with an event's payload. What a listener throws is handed to the emitter's `onListenerError`. */
export type EventListener<Payload> = (payload: Payload) => void;

/**
 * A small typed event source. `Events` maps event names to payloads. Listeners are called synchronously in the order of `on`; a
 * listener that throws neither stops the others nor the emitter's owner.
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, readonly EventListener<never>[]>();
  readonly #onListenerError: (event: string, error: unknown) => void;

  constructor(onListenerError: (event: string, error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  /** Adds a listener and returns the function that removes it. */
  on<Name extends keyof Events>(name: Name, listener: EventListener<Events[Name]>): () => void {
    const entry = listener as EventListener<never>;
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), entry]);
    return () => {
      const rest = (this.#listeners.get(name) ?? []).filter((each) => each !== entry);
      this.#listeners.set(name, rest);
    };
  }

  /** Whether anybody listens: lets a caller spare the making of a payload. */
  has(name: keyof Events): boolean {
    return (this.#listeners.get(name)?.length ?? 0) > 0;
  }

  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        (listener as EventListener<Events[Name]>)(payload);
      } catch (error) {
        this.#onListenerError(String(name), error);
      }
    }
  }
}
