import { connect, type Socket } from 'node:net';
import { FIRST_OPAQUE, OPAQUE_DIGITS, readDigits } from './digits.ts';
import type { SendFrames } from './send-frames.ts';
import type { Tally } from './window.ts';

const LENGTH_BYTES = 4;
/** All connections read into it, one after the other: nothing of a read outlives its turn. */
const readBuffer = Buffer.allocUnsafeSlow(64 << 10);
/** `{"code":0,` at the start of a header: the answer to a send that was stored. */
const CODE_AT = 16;
const GOOD = [0x30, 0x2c] as const;
const OPAQUE_KEY = '"opaque":';
/** Opaques come again after so many rounds of all slots. */
const ROUNDS = 100_000;

/**
 * One connection that keeps a number of sends on their way, each in a slot: the answer to one is the occasion for the next. Answers
 * may come in any order; one that is not SEND_OK, or belongs to no send, ends the run.
 */
export class SendConnection {
  readonly #frames: SendFrames;
  readonly #tally: Tally;
  readonly #window: number;
  readonly #fail: (error: Error) => void;
  readonly #sentMs: Float64Array;
  readonly #rounds: Uint32Array;
  /** Slots that were answered by the bytes at hand. */
  readonly #free: Int32Array;
  #freeCount = 0;
  #outstanding = 0;
  #stopped: (() => void) | undefined;
  #socket: Socket | undefined;
  /** Start of an answer whose rest has not come. */
  #partial: Buffer | undefined;
  /** Distance of the opaque from the end of an answer; the same in all. */
  #opaqueFromEnd = 0;
  /** With one slot: its frame, written anew when the last one has been answered. */
  readonly #single: Buffer;

  constructor(window: number, frames: SendFrames, tally: Tally, fail: (error: Error) => void) {
    this.#window = window;
    this.#frames = frames;
    this.#tally = tally;
    this.#fail = fail;
    this.#sentMs = new Float64Array(window);
    this.#rounds = new Uint32Array(window);
    this.#free = new Int32Array(window);
    this.#single = Buffer.alloc(frames.frameBytes);
  }

  open(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const callback = (length: number, buffer: Uint8Array): boolean => {
        this.#onData((buffer as Buffer).subarray(0, length));
        return true;
      };
      const socket = connect({ host, port, noDelay: true, onread: { buffer: readBuffer, callback } }, resolve);
      this.#socket = socket;
      socket.on('error', (error) => {
        reject(error);
        this.#fail(error);
      });
      socket.on('close', () => this.#fail(new Error('the server closed a connection under load')));
    });
  }

  start(): void {
    for (let slot = 0; slot < this.#window; slot++) this.#free[slot] = slot;
    this.#freeCount = this.#window;
    this.#sendFree();
  }

  /** Sends no more; resolves when all answers are there. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#stopped = resolve;
      if (this.#outstanding === 0) resolve();
    });
  }

  close(): void {
    this.#socket?.removeAllListeners();
    this.#socket?.on('error', () => {});
    this.#socket?.destroy();
  }

  #sendFree(): void {
    const frames = this.#frames;
    const { frameBytes } = frames;
    const count = this.#freeCount;
    const bytes = this.#window === 1 ? this.#single : Buffer.allocUnsafe(count * frameBytes);
    const nowMs = performance.now();
    for (let i = 0; i < count; i++) {
      const slot = this.#free[i]!;
      this.#rounds[slot] = (this.#rounds[slot]! + 1) % ROUNDS;
      this.#sentMs[slot] = nowMs;
      frames.write(bytes, i * frameBytes, slot, FIRST_OPAQUE + this.#rounds[slot]! * this.#window + slot);
    }
    this.#freeCount = 0;
    this.#outstanding += count;
    this.#socket?.write(bytes);
  }

  #onData(received: Buffer): void {
    const chunk = this.#partial === undefined ? received : Buffer.concat([this.#partial, received]);
    const nowMs = performance.now();
    let at = 0;
    while (chunk.length - at >= LENGTH_BYTES) {
      const end = at + LENGTH_BYTES + chunk.readInt32BE(at);
      if (end > chunk.length) break;
      this.#answered(chunk, at, end, nowMs);
      at = end;
    }
    this.#partial = at < chunk.length ? Buffer.from(chunk.subarray(at)) : undefined;
    if (this.#stopped === undefined) {
      if (this.#freeCount > 0) this.#sendFree();
    } else if (this.#outstanding === 0) this.#stopped();
  }

  #answered(chunk: Buffer, at: number, end: number, nowMs: number): void {
    if (this.#opaqueFromEnd === 0) {
      this.#opaqueFromEnd = end - chunk.indexOf(OPAQUE_KEY, at) - OPAQUE_KEY.length;
    }
    const opaque = readDigits(chunk, end - this.#opaqueFromEnd, OPAQUE_DIGITS);
    const slot = (opaque - FIRST_OPAQUE) % this.#window;
    const isOk = chunk[at + CODE_AT] === GOOD[0] && chunk[at + CODE_AT + 1] === GOOD[1];
    if (!isOk || slot < 0 || opaque !== FIRST_OPAQUE + this.#rounds[slot]! * this.#window + slot) {
      this.#fail(new Error(`a send was answered by ${chunk.toString('latin1', at + 2 * LENGTH_BYTES, end)}`));
      return;
    }
    this.#free[this.#freeCount++] = slot;
    this.#outstanding--;
    this.#tally.add(1, this.#sentMs[slot]!, nowMs);
  }
}
