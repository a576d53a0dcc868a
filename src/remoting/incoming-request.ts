import { assert } from '../base/assert.ts';
import { encodeFrameHeader } from '../protocol/frame.ts';
import { type ExtFields, FLAG_ONEWAY, FLAG_RESPONSE, type RemotingCommand } from '../protocol/remoting-command.ts';
import type { CommandDefinition } from '../protocol/schema.ts';
import type { RemotingConnection } from './connection.ts';
import type { RequestContext } from './request-context.ts';

/** A request that came in on a connection; the only implementation of `RequestContext`. */
export class IncomingRequest implements RequestContext {
  readonly command: RemotingCommand;
  readonly connection: RemotingConnection;
  readonly receivedAtMs: number;
  answered = false;

  constructor(command: RemotingCommand, connection: RemotingConnection, receivedAtMs: number) {
    this.command = command;
    this.connection = connection;
    this.receivedAtMs = receivedAtMs;
  }

  get oneway(): boolean {
    return (this.command.flag & FLAG_ONEWAY) !== 0;
  }

  reply(code: number, remark?: string, extFields?: ExtFields, body?: readonly Uint8Array[]): void {
    if (!this.#mayAnswer()) return;
    const { opaque, serializeType } = this.command;
    const header = { code, flag: FLAG_RESPONSE, opaque, serializeType, remark, extFields };
    let bodyBytes = 0;
    if (body !== undefined) for (const part of body) bodyBytes += part.length;
    this.connection.answer(this, encodeFrameHeader(header, bodyBytes), body);
  }

  respond<Response extends object>(
    definition: CommandDefinition<object, Response>,
    code: number,
    header: Response,
    remark?: string,
    body?: readonly Uint8Array[],
  ): void {
    this.reply(code, remark, definition.encodeResponse(header), body);
  }

  replyRaw(frame: Uint8Array): void {
    if (this.#mayAnswer()) this.connection.answer(this, frame, undefined);
  }

  /** Notes the answer; false if nobody is to hear it. */
  #mayAnswer(): boolean {
    assert(!this.answered, 'a request was answered twice');
    this.answered = true;
    return !this.oneway;
  }
}
