import { read } from 'node:fs';
import type { Socket } from 'node:net';
import { encodeFrameHeader } from '../../../src/protocol/frame.ts';
import { FLAG_RESPONSE, SERIALIZE_JSON } from '../../../src/protocol/remoting-command.ts';
import { SendResponseEncoder } from '../../../src/protocol/send-response.ts';
import { FIRST_OPAQUE, OPAQUE_DIGITS } from '../load/digits.ts';
import type { AppendFile } from './append-file.ts';

const LENGTH_BYTES = 4;
/** The first digit of the code in a JSON header: sends have 310, pulls 11. */
const CODE_AT = 16;
const SEND_CODE = 0x33;
/** A queue offset of usual length, so that answers have the usual size. */
const SOME_OFFSET = 123_456;
export const PULL_MESSAGES = 32;

const sendAnswer = new SendResponseEncoder(Buffer.alloc(8), 'DefaultRegion', true).encode(
  SERIALIZE_JSON,
  FIRST_OPAQUE,
  1,
  SOME_OFFSET,
  SOME_OFFSET,
);
const sendAnswerOpaqueAt = sendAnswer.indexOf(String(FIRST_OPAQUE));

/** A client of the floor's leader: cuts what comes into frames, and answers with prepared bytes in which only the opaque is set. */
export class FloorClient {
  readonly #socket: Socket;
  readonly #opaqueAt: number;
  readonly #file: AppendFile;
  readonly #onSends: (frames: Buffer) => void;
  #partial: Buffer | undefined;
  #answers: Buffer[] = [];
  /** Length of a send frame, learned from the file's first one: pulls get whole frames. */
  #frameBytes = 0;
  #readAt = 0;

  constructor(socket: Socket, opaqueAt: number, file: AppendFile, onSends: (frames: Buffer) => void) {
    this.#socket = socket;
    this.#opaqueAt = opaqueAt;
    this.#file = file;
    this.#onSends = onSends;
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('error', () => {});
  }

  /** Answers whole send frames; `flush` sends the answers. */
  answerSends(frames: Buffer): void {
    const size = sendAnswer.length;
    let count = 0;
    for (let at = 0; at < frames.length; at += LENGTH_BYTES + frames.readInt32BE(at)) count++;
    const out = Buffer.allocUnsafe(count * size);
    let to = 0;
    for (let at = 0; at < frames.length; at += LENGTH_BYTES + frames.readInt32BE(at), to += size) {
      out.set(sendAnswer, to);
      const from = at + this.#opaqueAt;
      for (let i = 0; i < OPAQUE_DIGITS; i++) out[to + sendAnswerOpaqueAt + i] = frames[from + i]!;
    }
    this.#answers.push(out);
  }

  flush(): void {
    const answers = this.#answers;
    if (answers.length === 0) return;
    this.#answers = [];
    this.#socket.write(answers.length === 1 ? answers[0]! : Buffer.concat(answers));
  }

  #onData(received: Buffer): void {
    let chunk = received;
    if (this.#partial !== undefined) {
      const rest = this.#completePartial(this.#partial, chunk);
      if (rest === undefined) return;
      chunk = rest;
    }
    const end = wholeFrames(chunk);
    if (end > 0) this.#frames(chunk.subarray(0, end));
    if (end < chunk.length) this.#partial = chunk.subarray(end);
  }

  /** Handles the frame that began in an earlier chunk by itself, without copying the whole chunk; gives what follows it. */
  #completePartial(partial: Buffer, chunk: Buffer): Buffer | undefined {
    if (partial.length < LENGTH_BYTES) {
      this.#partial = undefined;
      return Buffer.concat([partial, chunk]);
    }
    const missing = LENGTH_BYTES + partial.readInt32BE(0) - partial.length;
    if (missing > chunk.length) {
      this.#partial = Buffer.concat([partial, chunk]);
      return undefined;
    }
    this.#partial = undefined;
    this.#frames(Buffer.concat([partial, chunk.subarray(0, missing)]));
    return missing === chunk.length ? undefined : chunk.subarray(missing);
  }

  #frames(frames: Buffer): void {
    if (frames[CODE_AT] === SEND_CODE) {
      this.#onSends(frames);
      return;
    }
    for (let at = 0; at < frames.length; at += LENGTH_BYTES + frames.readInt32BE(at)) this.#pull(frames, at);
  }

  /** Answers with the next frames of the file, from its beginning again behind its end. */
  #pull(frames: Buffer, at: number): void {
    const opaqueFrom = frames.indexOf('"opaque":', at) + '"opaque":'.length;
    const opaque = Number(frames.toString('latin1', opaqueFrom, opaqueFrom + OPAQUE_DIGITS));
    if (this.#frameBytes === 0) {
      this.#learnFrameBytes(() => this.#answerPull(opaque));
      return;
    }
    this.#answerPull(opaque);
  }

  #learnFrameBytes(then: () => void): void {
    const length = Buffer.alloc(LENGTH_BYTES);
    read(this.#file.fd, length, 0, LENGTH_BYTES, 0, (error) => {
      if (error !== null) throw error;
      this.#frameBytes = LENGTH_BYTES + length.readInt32BE(0);
      then();
    });
  }

  #answerPull(opaque: number): void {
    const bytes = PULL_MESSAGES * this.#frameBytes;
    if (this.#readAt + bytes > this.#file.written) this.#readAt = 0;
    const body = Buffer.allocUnsafeSlow(bytes);
    const position = this.#readAt;
    this.#readAt += bytes;
    read(this.#file.fd, body, 0, bytes, position, (error) => {
      if (error !== null) throw error;
      this.#socket.cork();
      this.#socket.write(pullAnswer(opaque, bytes));
      this.#socket.write(body);
      this.#socket.uncork();
    });
  }
}

/** End of the last whole frame in `chunk`. */
function wholeFrames(chunk: Buffer): number {
  let at = 0;
  while (chunk.length - at >= LENGTH_BYTES) {
    const end = at + LENGTH_BYTES + chunk.readInt32BE(at);
    if (end > chunk.length) break;
    at = end;
  }
  return at;
}

const pullAnswerTemplates = new Map<number, Buffer>();

function pullAnswer(opaque: number, bodyBytes: number): Buffer {
  let template = pullAnswerTemplates.get(bodyBytes);
  if (template === undefined) {
    const offset = String(SOME_OFFSET);
    const extFields = { suggestWhichBrokerId: '0', nextBeginOffset: offset, minOffset: '0', maxOffset: offset };
    const header = {
      code: 0,
      flag: FLAG_RESPONSE,
      opaque: FIRST_OPAQUE,
      serializeType: SERIALIZE_JSON,
      extFields,
    } as const;
    template = encodeFrameHeader(header, bodyBytes);
    pullAnswerTemplates.set(bodyBytes, template);
  }
  const out = Buffer.from(template);
  out.write(String(opaque), template.indexOf(String(FIRST_OPAQUE)), 'latin1');
  return out;
}
