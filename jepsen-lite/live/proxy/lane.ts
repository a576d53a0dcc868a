import type { Platform, Socket, Timer } from '../../../src/platform/ports.ts';
import { type LinkQuality, perfectLink } from './link.ts';

/** What a lane holds back before it stops reading its source. */
const MOST_HELD_BYTES = 1 << 20;
/** Linux's smallest retransmission timeout: what one lost segment costs a connection. */
const RETRANSMISSION_MS = 200;

interface Held {
  readonly chunk: Buffer;
  readonly dueMs: number;
}

/**
 * One direction of one connection: carries what `source` brings to `sink`, in order, as late as the link's quality says. While it is cut nothing
 * moves, the end of the source neither, and nobody is told: the bytes wait here and in the kernel.
 */
export class Lane {
  readonly #platform: Platform;
  readonly #source: Socket;
  #sink: Socket | undefined;
  #quality = perfectLink;
  #isCut = false;
  #held: Held[] = [];
  #heldBytes = 0;
  #sinkIsFull = false;
  /** The source has ended; `broken`: not in order. */
  #ended: 'no' | 'in order' | 'broken' = 'no';
  #timer: Timer | undefined;
  readonly #pump = (): void => {
    this.#timer = undefined;
    this.#move();
  };

  constructor(platform: Platform, source: Socket) {
    this.#platform = platform;
    this.#source = source;
  }

  /** The other end is connected. */
  openTo(sink: Socket): void {
    this.#sink = sink;
    this.#move();
  }

  set(isCut: boolean, quality: LinkQuality): void {
    this.#isCut = isCut;
    this.#quality = quality;
    this.#move();
  }

  /** The source brought bytes. */
  arrived(chunk: Buffer): void {
    this.#held.push({ chunk, dueMs: this.#dueMs() });
    this.#heldBytes += chunk.length;
    this.#move();
  }

  /** The source has closed. */
  ended(inOrder: boolean): void {
    this.#ended = inOrder ? 'in order' : 'broken';
    this.#move();
  }

  /** The sink takes bytes again. */
  drained(): void {
    this.#sinkIsFull = false;
    this.#move();
  }

  /** Forgets everything; the owner closes the sockets. */
  drop(): void {
    if (this.#timer !== undefined) this.#platform.timers.cancel(this.#timer);
    this.#timer = undefined;
    this.#held = [];
    this.#heldBytes = 0;
    this.#sink = undefined;
  }

  /** Never before the chunk in front. */
  #dueMs(): number {
    const { delayMs, jitterMs, lossRatio } = this.#quality;
    const { random, clock } = this.#platform;
    let dueMs = clock.monotonicMs() + delayMs;
    if (jitterMs > 0) dueMs += random.uniform() * jitterMs;
    if (lossRatio > 0) while (random.uniform() < lossRatio) dueMs += RETRANSMISSION_MS;
    return Math.max(dueMs, this.#held.at(-1)?.dueMs ?? 0);
  }

  #move(): void {
    if (this.#isCut || this.#sink === undefined) {
      this.#source.pause();
      return;
    }
    const ready = this.#takeReady();
    if (ready.length > 0 && !this.#sink.write(ready)) this.#sinkIsFull = true;
    const [next] = this.#held;
    if (next !== undefined) this.#wakeAt(next.dueMs);
    else if (this.#ended === 'in order') this.#sink.end();
    else if (this.#ended === 'broken') this.#sink.destroy();
    if (this.#sinkIsFull || this.#heldBytes > MOST_HELD_BYTES) this.#source.pause();
    else this.#source.resume();
  }

  #takeReady(): Buffer[] {
    if (this.#sinkIsFull) return [];
    const nowMs = this.#platform.clock.monotonicMs();
    const waiting = this.#held.findIndex(({ dueMs }) => dueMs > nowMs);
    const ready = this.#held.splice(0, waiting < 0 ? this.#held.length : waiting).map(({ chunk }) => chunk);
    for (const { length } of ready) this.#heldBytes -= length;
    return ready;
  }

  #wakeAt(dueMs: number): void {
    if (this.#timer !== undefined || this.#sinkIsFull) return;
    const delayMs = Math.max(0, dueMs - this.#platform.clock.monotonicMs());
    this.#timer = this.#platform.timers.after(Math.ceil(delayMs), this.#pump);
  }
}
