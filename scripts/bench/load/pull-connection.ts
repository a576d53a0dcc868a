import { connect, type Socket } from 'node:net';
import { pullMessage } from '../../../src/protocol/command/pull-message.ts';
import { encodeFrame, FrameDecoder } from '../../../src/protocol/frame.ts';
import { type RemotingCommand, SERIALIZE_JSON } from '../../../src/protocol/remoting-command.ts';
import { ResponseCode } from '../../../src/protocol/response-code.ts';
import { FIRST_OPAQUE } from './digits.ts';
import type { Tally } from './window.ts';

const PULL_MESSAGES = 32;
/** The subscription comes with the request; no waiting. */
const SUBSCRIPTION_FLAG = 4;
const LENGTH_BYTES = 4;

/** Where a queue's reader stands. */
interface QueueReader {
  readonly queueId: number;
  offset: number;
  sentMs: number;
  busy: boolean;
}

export interface PullTarget {
  readonly topic: string;
  /** How long a stored message is, from its first 4 bytes. */
  readonly lengthIncludesItself: boolean;
}

/** One connection that reads some queues from their start, again and again, each with one pull of 32 messages on its way. */
export class PullConnection {
  readonly #target: PullTarget;
  readonly #tally: Tally;
  readonly #fail: (error: Error) => void;
  readonly #readers: readonly QueueReader[];
  readonly #decoder = new FrameDecoder();
  #socket: Socket | undefined;
  #stopped: (() => void) | undefined;

  constructor(target: PullTarget, queueIds: readonly number[], tally: Tally, fail: (error: Error) => void) {
    this.#target = target;
    this.#tally = tally;
    this.#fail = fail;
    this.#readers = queueIds.map((queueId) => ({ queueId, offset: 0, sentMs: 0, busy: false }));
  }

  open(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true }, resolve);
      this.#socket = socket;
      socket.on('data', (chunk: Buffer) => {
        const garbage = this.#decoder.push(chunk, (command) => this.#onAnswer(command));
        if (garbage !== undefined) this.#fail(new Error(garbage.message));
      });
      socket.on('error', (error) => {
        reject(error);
        this.#fail(error);
      });
      socket.on('close', () => this.#fail(new Error('the server closed a connection under load')));
    });
  }

  start(): void {
    for (const [index, reader] of this.#readers.entries()) this.#pull(reader, FIRST_OPAQUE + index);
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#stopped = resolve;
      this.#reportIfDone();
    });
  }

  close(): void {
    this.#socket?.removeAllListeners();
    this.#socket?.on('error', () => {});
    this.#socket?.destroy();
  }

  #pull(reader: QueueReader, opaque: number): void {
    const request = {
      consumerGroup: 'bench_consumer',
      topic: this.#target.topic,
      queueId: reader.queueId,
      queueOffset: reader.offset,
      maxMsgNums: PULL_MESSAGES,
      sysFlag: SUBSCRIPTION_FLAG,
      commitOffset: 0,
      suspendTimeoutMillis: 0,
      subscription: '*',
      subVersion: 0,
      expressionType: 'TAG',
      maxMsgBytes: undefined,
      requestSource: undefined,
      proxyFrowardClientId: undefined,
    };
    const extFields = pullMessage.encodeRequest(request);
    const header = { code: pullMessage.code, flag: 0, opaque, serializeType: SERIALIZE_JSON, extFields } as const;
    reader.busy = true;
    reader.sentMs = performance.now();
    this.#socket?.write(encodeFrame(header)[0] as Uint8Array);
  }

  #onAnswer(command: RemotingCommand): void {
    const reader = this.#readers[command.opaque - FIRST_OPAQUE];
    if (reader === undefined || !reader.busy) {
      this.#fail(new Error(`an answer to no pull: ${command.opaque}`));
      return;
    }
    reader.busy = false;
    const count = command.code === ResponseCode.SUCCESS ? this.#count(command.body) : 0;
    if (count > 0) {
      reader.offset += count;
      this.#tally.add(count, reader.sentMs, performance.now());
    } else if (reader.offset > 0) reader.offset = 0;
    else {
      this.#fail(new Error(`queue ${reader.queueId} has nothing to read: code ${command.code}, ${command.remark}`));
      return;
    }
    if (this.#stopped === undefined) this.#pull(reader, command.opaque);
    else this.#reportIfDone();
  }

  #count(body: Buffer): number {
    const extra = this.#target.lengthIncludesItself ? 0 : LENGTH_BYTES;
    let count = 0;
    for (let at = 0; at < body.length; at += body.readInt32BE(at) + extra) count++;
    return count;
  }

  #reportIfDone(): void {
    if (this.#readers.every(({ busy }) => !busy)) this.#stopped?.();
  }
}
