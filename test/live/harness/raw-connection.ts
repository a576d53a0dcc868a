import { connect, type Socket } from 'node:net';
import { encodeFrame, FrameDecoder } from '../../../src/protocol/frame.ts';
import { type ExtFields, type RemotingCommand, SERIALIZE_JSON } from '../../../src/protocol/remoting-command.ts';

/** What came back from a peer that was sent something. */
export type Reaction = { readonly kind: 'closed' } | { readonly kind: 'silent' } | Answered;

interface Answered {
  readonly kind: 'answered';
  readonly code: number;
  readonly remark: string | undefined;
}

/** A TCP connection on which anything can be written. */
export class RawConnection {
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder();
  readonly #opened: Promise<void>;
  #closed = false;
  #answer: RemotingCommand | undefined;
  #wake: () => void = () => {};

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1' });
    this.#opened = new Promise((resolve, reject) => {
      this.#socket.once('connect', resolve);
      this.#socket.once('error', reject);
    });
    // After the connect a reset is one way of closing, which the reaction tells.
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
    this.#socket.on('data', (chunk: Buffer) => {
      this.#decoder.push(chunk, (command) => {
        this.#answer ??= command;
      });
      this.#wake();
    });
  }

  /** Resolves when the connection is open. */
  open(): Promise<void> {
    return this.#opened;
  }

  get closed(): boolean {
    return this.#closed;
  }

  write(...parts: readonly Uint8Array[]): void {
    for (const part of parts) this.#socket.write(part);
  }

  /** What the peer does first: closes, or sends a whole frame; `silent` if neither in time. */
  async reaction(timeoutMs: number): Promise<Reaction> {
    if (!this.#closed && this.#answer === undefined) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.#wake = () => {
          if (!this.#closed && this.#answer === undefined) return;
          clearTimeout(timer);
          resolve();
        };
      });
    }
    if (this.#answer !== undefined) return { kind: 'answered', code: this.#answer.code, remark: this.#answer.remark };
    return { kind: this.#closed ? 'closed' : 'silent' };
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** A remoting request as buffers. */
export function requestFrame(code: number, extFields: ExtFields = {}, body?: Uint8Array): Uint8Array[] {
  const parts = body === undefined ? [] : [body];
  return encodeFrame({ code, flag: 0, opaque: 1, serializeType: SERIALIZE_JSON, extFields }, parts);
}
