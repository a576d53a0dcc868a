import { createPushConsumer, type PushConsumer } from '../../../src/index.ts';
import { failure } from './connections-load.ts';
import type { Load, Tally } from './window.ts';

/** Reads the backlog of a topic with our own push consumer, in batches of 32. */
export class ClientConsumeLoad implements Load {
  readonly failed: Promise<never> = failure().promise;
  readonly isFinite = true;
  readonly #consumer: PushConsumer;
  readonly #topic: string;
  readonly #tally: Tally;

  constructor(nameServers: string, topic: string, tally: Tally) {
    const group = `bench_client_consumer_${process.pid}`;
    this.#consumer = createPushConsumer({ nameServers, group, consumeFrom: 'first', batchSize: 32 });
    this.#topic = topic;
    this.#tally = tally;
  }

  async open(): Promise<void> {
    this.#consumer.subscribe(this.#topic);
    await this.#consumer.start(async (messages) => {
      const nowMs = performance.now();
      this.#tally.add(messages.length, nowMs, nowMs);
      return 'success';
    });
  }

  start(): void {}

  async stop(): Promise<void> {}

  async close(): Promise<void> {
    await this.#consumer.close();
  }
}
