import type { Timer } from '../../platform/ports.ts';
import { PropertyName } from '../../protocol/message/properties.ts';
import type { ClientSession } from '../client-session.ts';
import { SendEngine } from '../producer/send-engine.ts';
import { createSendSettings } from '../producer/send-settings.ts';
import type { ReceivedMessage } from '../received-message.ts';
import type { Assignment } from './assignment.ts';
import type { ConsumeContext, ConsumePool, ConsumeResult } from './consume-pool.ts';
import type { PushConsumerSettings } from './consumer-options.ts';
import { RETRY_PREFIX } from './first-offset.ts';
import { type PutBackOptions, putBack } from './put-back.ts';
import type { QueueReader } from './queue-reader.ts';

/** When a message could neither be consumed nor given back, it is consumed here again after so long. */
const LOCAL_RETRY_MS = 5_000;
/** Group under which RocketMQ's consumers send (MixAll.CLIENT_INNER_PRODUCER_GROUP). */
const INNER_PRODUCER = 'CLIENT_INNER_PRODUCER';

/** Brings pulled messages to the listener and does what its result asks for. */
export class ConsumeService {
  readonly #session: ClientSession;
  readonly #settings: PushConsumerSettings;
  readonly #assignment: Assignment;
  readonly #pool: ConsumePool;
  readonly #engine: SendEngine;
  readonly #putBack: PutBackOptions;
  readonly #retries = new Set<Timer>();
  /** Messages on their way back to the broker. */
  #givingBack = 0;
  #closed = false;
  #whenIdle: (() => void) | undefined;

  constructor(session: ClientSession, settings: PushConsumerSettings, assignment: Assignment, pool: ConsumePool) {
    this.#session = session;
    this.#settings = settings;
    this.#assignment = assignment;
    this.#pool = pool;
    const send = createSendSettings(session.platform, INNER_PRODUCER);
    this.#engine = new SendEngine(session, { retries: 2, autoCreateQueues: send.autoCreateQueues });
    const { group, maxReconsumeTimes } = settings;
    this.#putBack = { session, engine: this.#engine, settings: send, group, maxReconsumeTimes };
  }

  /** Takes messages that a reader pulled. */
  consume(reader: QueueReader, messages: readonly ReceivedMessage[]): void {
    const { batchSize, group } = this.#settings;
    const { epoch } = reader;
    const shown = messages.map((message) => withOriginalTopic(message, group));
    for (let at = 0; at < shown.length; at += batchSize) this.#add(reader, epoch, shown.slice(at, at + batchSize));
  }

  /** Waits for running listeners and messages on their way back, at most `graceMs`. */
  async close(graceMs: number): Promise<void> {
    const { timers } = this.#session.platform;
    this.#closed = true;
    for (const timer of this.#retries) timers.cancel(timer);
    await new Promise<void>((resolve) => {
      const timer = timers.after(graceMs, resolve);
      this.#whenIdle = () => {
        if (this.#pool.running > 0 || this.#givingBack > 0) return;
        timers.cancel(timer);
        resolve();
      };
      this.#pool.close(this.#whenIdle);
    });
    await this.#engine.close(0);
  }

  #add(reader: QueueReader, epoch: object, messages: readonly ReceivedMessage[]): void {
    this.#pool.add({
      queue: reader.queue,
      messages,
      wanted: () => this.#isWanted(reader, epoch),
      done: (result, context, error) => {
        if (error !== undefined) this.#session.report('the message listener', asError(error));
        if (this.#isWanted(reader, epoch)) this.#settle(reader, epoch, messages, result, context);
      },
    });
  }

  #isWanted(reader: QueueReader, epoch: object): boolean {
    return epoch === reader.epoch && this.#assignment.holds(reader);
  }

  #settle(
    reader: QueueReader,
    epoch: object,
    messages: readonly ReceivedMessage[],
    result: ConsumeResult,
    context: ConsumeContext,
  ): void {
    if (result === 'reconsume-later' && this.#settings.mode === 'clustering') {
      for (const message of messages) void this.#giveBack(reader, epoch, message, context.delayLevel);
      return;
    }
    for (const message of messages) reader.finish(message.queueOffset, epoch);
  }

  async #giveBack(reader: QueueReader, epoch: object, message: ReceivedMessage, delayLevel: number): Promise<void> {
    this.#givingBack++;
    try {
      await putBack(this.#putBack, reader.queue, message, delayLevel);
      reader.finish(message.queueOffset, epoch);
    } catch (error) {
      this.#session.report(`giving back message ${message.messageId}`, asError(error));
      this.#consumeHereLater(reader, epoch, message);
    }
    this.#givingBack--;
    this.#whenIdle?.();
  }

  #consumeHereLater(reader: QueueReader, epoch: object, message: ReceivedMessage): void {
    if (this.#closed) return;
    const again = { ...message, reconsumeTimes: message.reconsumeTimes + 1 };
    const timer = this.#session.platform.timers.after(LOCAL_RETRY_MS, () => {
      this.#retries.delete(timer);
      if (this.#isWanted(reader, epoch)) this.#add(reader, epoch, [again]);
    });
    this.#retries.add(timer);
  }
}

/** A message of the group's retry topic is shown with the topic that it was sent to. */
function withOriginalTopic(message: ReceivedMessage, group: string): ReceivedMessage {
  const original = message.properties[PropertyName.RETRY_TOPIC];
  return original !== undefined && message.topic === RETRY_PREFIX + group ? { ...message, topic: original } : message;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
