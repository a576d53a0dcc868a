/** How one attempt at a broker ended, as far as the message is concerned. */
export type AttemptOutcome =
  /** The request certainly did not reach a broker, or the broker certainly did not store the message. */
  | 'not-stored'
  /** The broker may or may not have stored the message. */
  | 'unknown';

/** One attempt to send. */
export interface SendAttempt {
  /** `host:port` of the broker asked; empty if there was none to ask. */
  readonly address: string;
  readonly brokerName: string;
  readonly outcome: AttemptOutcome;
  /** Response code, or undefined if no response came. */
  readonly code: number | undefined;
  /** One sentence: the broker's remark, or what happened to the connection. */
  readonly reason: string;
}

/** Stable names of what can go wrong in the client. */
export type ClientErrorCode =
  /** The client was closed, or is not started. */
  | 'closed'
  /** The caller's AbortSignal fired. */
  | 'aborted'
  /** The time was up. */
  | 'timeout'
  /** No name server answered. */
  | 'no-name-server'
  /** The name servers know no route for the topic. */
  | 'no-route'
  /** The broker refused, or no broker could be reached. */
  | 'refused'
  | 'unreachable'
  /** An argument cannot be used. */
  | 'invalid-argument'
  /** The peer's answer cannot be understood. */
  | 'bad-response';

interface ErrorDetails {
  readonly retryable?: boolean | undefined;
  readonly responseCode?: number | undefined;
}

/** An error of a client call. `retryable` says whether the same call may succeed later. */
export class ClientError extends Error {
  override readonly name: string = 'ClientError';
  readonly code: ClientErrorCode;
  readonly retryable: boolean;
  /** RocketMQ response code where a peer answered. */
  readonly responseCode: number | undefined;

  constructor(code: ClientErrorCode, message: string, options: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.retryable = options.retryable ?? RETRYABLE.has(code);
    this.responseCode = options.responseCode;
  }
}

const RETRYABLE: ReadonlySet<ClientErrorCode> = new Set(['timeout', 'no-name-server', 'no-route', 'unreachable']);

/**
 * A message was not acknowledged. `outcome` is `unknown` as soon as one attempt may have stored the message: sending it again may then
 * make a second copy, with another UNIQ_KEY.
 */
export class SendError extends ClientError {
  override readonly name = 'SendError';
  /** UNIQ_KEY that the attempts carried; empty if the message never got one. */
  readonly messageId: string;
  readonly outcome: AttemptOutcome;
  readonly attempts: readonly SendAttempt[];

  constructor(
    code: ClientErrorCode,
    message: string,
    details: ErrorDetails & { readonly messageId: string; readonly attempts: readonly SendAttempt[] },
  ) {
    super(code, message, details);
    this.messageId = details.messageId;
    this.attempts = details.attempts;
    this.outcome = details.attempts.some((attempt) => attempt.outcome === 'unknown') ? 'unknown' : 'not-stored';
  }
}
