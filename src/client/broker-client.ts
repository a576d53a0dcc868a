import { ResponseCode, responseName } from '../protocol/codes.ts';
import { FieldError } from '../protocol/field-error.ts';
import type { RemotingCommand } from '../protocol/remoting-command.ts';
import type { CommandDefinition } from '../protocol/schema.ts';
import type { RemotingClient } from '../remoting/client.ts';
import type { InvokeFailure } from '../remoting/pending-requests.ts';
import { ClientError } from './errors.ts';

const DEFAULT_TIMEOUT_MS = 3_000;
const NO_BODY: Uint8Array | undefined = undefined;

export interface CallOptions {
  /** How long to wait for the answer, connecting included. Default 3 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Response codes besides SUCCESS that are an answer and not an error. */
  readonly accept?: readonly number[];
}

/** A typed answer. The header of an accepted code other than SUCCESS is undefined if it lacks required fields. */
export interface Answer<Header> {
  readonly code: number;
  readonly remark: string | undefined;
  readonly header: Header | undefined;
  /** A view of received memory. */
  readonly body: Buffer;
}

/** An answer with code SUCCESS, whose header is complete. */
export interface GoodAnswer<Header> extends Answer<Header> {
  readonly header: Header;
}

/** Typed requests to one address, for everything that is not the hot path. Knows no routes and repeats nothing. */
export class BrokerClient {
  readonly #remoting: RemotingClient;

  constructor(remoting: RemotingClient) {
    this.#remoting = remoting;
  }

  /** Asks and rejects with a `ClientError` unless the answer's code is SUCCESS. */
  async request<Request extends object, Response extends object>(
    definition: CommandDefinition<Request, Response>,
    address: string,
    header: Request,
    body?: Uint8Array,
    options: Omit<CallOptions, 'accept'> = {},
  ): Promise<GoodAnswer<Response>> {
    const answer = await this.ask(definition, address, header, body, options);
    return answer as GoodAnswer<Response>;
  }

  /** Asks, and gives answers of the accepted codes too. */
  ask<Request extends object, Response extends object>(
    definition: CommandDefinition<Request, Response>,
    address: string,
    header: Request,
    body: Uint8Array | undefined = NO_BODY,
    options: CallOptions = {},
  ): Promise<Answer<Response>> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal, accept = [] } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(abortedError(definition.name));
        return;
      }
      const onAbort = () => reject(abortedError(definition.name));
      signal?.addEventListener('abort', onAbort, { once: true });
      const fields = definition.encodeRequest(header);
      this.#remoting.invoke(address, definition.code, fields, body, timeoutMs, (response, failure) => {
        signal?.removeEventListener('abort', onAbort);
        const result =
          response === undefined
            ? transportError(definition.name, address, failure)
            : readAnswer(definition, address, response, accept);
        if (result instanceof ClientError) reject(result);
        else resolve(result);
      });
    });
  }

  /** Sends without waiting for anything; whether it arrives is not known. */
  oneway<Request extends object, Response extends object>(
    definition: CommandDefinition<Request, Response>,
    address: string,
    header: Request,
    body?: Uint8Array,
  ): void {
    this.#remoting.oneway(address, definition.code, definition.encodeRequest(header), body);
  }
}

function readAnswer<Request extends object, Response extends object>(
  definition: CommandDefinition<Request, Response>,
  address: string,
  response: RemotingCommand,
  accept: readonly number[],
): Answer<Response> | ClientError {
  const { code, remark, body } = response;
  if (code !== ResponseCode.SUCCESS && !accept.includes(code)) {
    const text = `${definition.name} was refused by ${address}: ${code} ${responseName(code)}${remark === undefined ? '' : `, ${remark}`}`;
    return new ClientError('refused', text, { responseCode: code, retryable: isRetryable(code) });
  }
  const header = definition.decodeResponse(response.extFields);
  if (!(header instanceof FieldError)) return { code, remark, header, body };
  if (code !== ResponseCode.SUCCESS) return { code, remark, header: undefined, body };
  return new ClientError('bad-response', `${address} answered ${definition.name} with a bad header: ${header.message}`);
}

/** Whether the same request may succeed elsewhere or later. */
function isRetryable(code: number): boolean {
  return (
    code === ResponseCode.SYSTEM_BUSY || code === ResponseCode.SERVICE_NOT_AVAILABLE || code === ResponseCode.GO_AWAY
  );
}

function abortedError(name: string): ClientError {
  return new ClientError('aborted', `${name} was aborted by the caller`);
}

/** The error for a request that got no answer. */
function transportError(name: string, address: string, failure: InvokeFailure | undefined): ClientError {
  const code = failure === 'timeout' ? 'timeout' : 'unreachable';
  return new ClientError(code, `${name} to ${address} got no answer: ${failureText(failure)}`);
}

/** What happened to a request without an answer. */
export function failureText(failure: InvokeFailure | undefined): string {
  switch (failure) {
    case 'connect-failed':
      return 'no connection could be made';
    case 'timeout':
      return 'no answer came in time';
    case 'garbage':
      return 'what answered does not speak the remoting protocol';
    default:
      return 'the connection closed before the answer came';
  }
}

/** How an address that gave no answer is to be remembered. */
export function faultOf(failure: InvokeFailure | undefined): 'silent' | 'unreachable' {
  return failure === 'timeout' ? 'silent' : 'unreachable';
}
