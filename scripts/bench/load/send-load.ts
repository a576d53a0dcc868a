import { SendConnection } from './send-connection.ts';
import { SendFrames } from './send-frames.ts';
import type { Load, Tally } from './window.ts';

export interface SendShape {
  readonly connections: number;
  /** Sends on their way on each connection. */
  readonly inFlight: number;
}

export interface SendTarget {
  readonly host: string;
  readonly port: number;
  readonly topic: string;
  readonly queues: number;
}

export const BODY_BYTES = 1024;

/** Sends prepared frames as fast as answers come. */
export class SendLoad implements Load {
  readonly failed: Promise<never>;
  readonly #connections: readonly SendConnection[];
  readonly #target: SendTarget;

  constructor(target: SendTarget, shape: SendShape, tally: Tally) {
    const { promise, reject } = failure();
    this.failed = promise;
    this.#target = target;
    const frames = new SendFrames(target.topic, target.queues, BODY_BYTES);
    this.#connections = Array.from(
      { length: shape.connections },
      () => new SendConnection(shape.inFlight, frames, tally, reject),
    );
  }

  async open(): Promise<void> {
    const { host, port } = this.#target;
    await Promise.all(this.#connections.map((each) => each.open(host, port)));
  }

  start(): void {
    for (const each of this.#connections) each.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((each) => each.stop()));
  }

  close(): void {
    for (const each of this.#connections) each.close();
  }
}

/** A promise that nobody has to look at, and what rejects it. */
export function failure(): { readonly promise: Promise<never>; readonly reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_resolve, rejectIt) => {
    reject = rejectIt;
  });
  promise.catch(() => {});
  return { promise, reject };
}
