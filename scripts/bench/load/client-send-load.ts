import { createProducer, type Producer } from '../../../src/index.ts';
import { failure } from './connections-load.ts';
import { BODY_BYTES, type SendShape } from './send-load.ts';
import type { Load, Tally } from './window.ts';

/** Sends through our own producer: `connections` producers with a connection each, `inFlight` loops that wait for each send. */
export class ClientSendLoad implements Load {
  readonly failed: Promise<never>;
  readonly #reject: (error: Error) => void;
  readonly #producers: readonly Producer[];
  readonly #topic: string;
  readonly #loops: number;
  readonly #tally: Tally;
  readonly #body = Buffer.alloc(BODY_BYTES, 'x');
  #running: Promise<void>[] = [];
  #stopped = false;

  constructor(nameServers: string, topic: string, shape: SendShape, tally: Tally) {
    const { promise, reject } = failure();
    this.failed = promise;
    this.#reject = reject;
    this.#topic = topic;
    this.#loops = shape.inFlight;
    this.#tally = tally;
    this.#producers = Array.from({ length: shape.connections }, () =>
      createProducer({ nameServers, group: 'bench_client_producer' }),
    );
  }

  async open(): Promise<void> {
    for (const producer of this.#producers) {
      await producer.start();
      await producer.send({ topic: this.#topic, body: this.#body });
    }
  }

  start(): void {
    const loops = this.#producers.flatMap((producer) =>
      Array.from({ length: this.#loops }, () => this.#loop(producer)),
    );
    this.#running = loops.map((loop) => loop.catch(this.#reject));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  async close(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#producers.map((producer) => producer.close()));
  }

  async #loop(producer: Producer): Promise<void> {
    const message = { topic: this.#topic, tags: 'TagA', body: this.#body };
    while (!this.#stopped) {
      const sentMs = performance.now();
      await producer.send(message);
      this.#tally.add(1, sentMs, performance.now());
    }
  }
}
