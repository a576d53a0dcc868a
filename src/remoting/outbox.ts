import type { Socket, Timers } from '../platform/ports.ts';

/** Above so many bytes frames do not wait for the end of the turn. */
const flushAtBytes = 64 * 1024;

/** What a connection sends: frames of one turn are put together into one gathered write, the last thing in it. */
export class Outbox {
  readonly #socket: Socket;
  readonly #timers: Timers;
  readonly #onFlush: () => void;
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #planned = false;
  readonly #sendTurn = () => {
    this.#planned = false;
    this.flush();
  };

  /** `onFlush` is called after each write. */
  constructor(socket: Socket, timers: Timers, onFlush: () => void) {
    this.#socket = socket;
    this.#timers = timers;
    this.#onFlush = onFlush;
  }

  /** Takes a frame: its start and, if there are any, the buffers of its body. None is copied. */
  add(start: Uint8Array, body: readonly Uint8Array[] | undefined): void {
    this.#push(start);
    if (body !== undefined) for (const part of body) if (part.length > 0) this.#push(part);
    if (this.#waitingBytes >= flushAtBytes) {
      this.flush();
    } else if (!this.#planned) {
      this.#planned = true;
      this.#timers.lastInTurn(this.#sendTurn);
    }
  }

  /** Writes what waits. */
  flush(): void {
    if (this.#waitingBytes === 0) return;
    this.#socket.write(this.#waiting);
    this.clear();
    this.#onFlush();
  }

  /** Forgets what waits. */
  clear(): void {
    // Nearly always one; `length = 0` would throw away the array's memory with it.
    while (this.#waiting.length > 0) this.#waiting.pop();
    this.#waitingBytes = 0;
  }

  #push(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }
}
