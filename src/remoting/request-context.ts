import type { ExtFields, RemotingCommand } from '../protocol/remoting-command.ts';
import type { CommandDefinition } from '../protocol/schema.ts';

/**
 * One request while it is being answered. A handler answers at most once, now or in a later turn (a second answer is a bug and throws);
 * answers to oneway requests and on a closed connection are swallowed. Answers of one turn leave in one gathered write.
 */
export interface RequestContext {
  readonly command: RemotingCommand;
  readonly connection: Connection;
  /** Monotonic milliseconds at which the frame was received. */
  readonly receivedAtMs: number;
  /** Answers with a response header as text fields, in the header encoding of the request. `body` buffers are sent as they are and must stay unchanged until sent. */
  reply(code: number, remark?: string, extFields?: ExtFields, body?: readonly Uint8Array[]): void;
  /** Answers with a typed response header. */
  respond<Response extends object>(
    definition: CommandDefinition<object, Response>,
    code: number,
    header: Response,
    remark?: string,
    body?: readonly Uint8Array[],
  ): void;
  /**
   * Answers with a response frame that is encoded already, for the hot path: its opaque and header encoding are those of the command. The
   * bytes must stay unchanged until sent.
   */
  replyRaw(frame: Uint8Array): void;
}

/** Answers one request code. Synchronous on the hot path; a handler that must wait keeps the context and answers later. A throw is answered with code 1 and logged. */
export type RequestHandler = (context: RequestContext) => void;

/** One remoting connection, of either side: both may send requests on it (NettyRemotingAbstract.java). */
export interface Connection {
  /** Unique in this process. */
  readonly id: number;
  /** `ip:port` of the other side (IPv6 in brackets). */
  readonly remoteAddress: string;
  readonly remoteHost: string;
  readonly remotePort: number;
  /** True as soon as no more can be sent. */
  readonly closed: boolean;
  /** Sends a request without waiting for an answer. */
  oneway(code: number, extFields: ExtFields, body?: Uint8Array): void;
  /** Sends a request; `done` is called exactly once, never within the call, with undefined after the timeout (ms) or when the connection closes. */
  invoke(
    code: number,
    extFields: ExtFields,
    body: Uint8Array | undefined,
    timeoutMs: number,
    done: (response: RemotingCommand | undefined) => void,
  ): void;
  /** Sends what is queued, then closes. */
  close(): void;
}
