import type { MessageQueue } from '../message-queue.ts';
import type { ReceivedMessage } from '../received-message.ts';

export interface PullRequest {
  readonly queue: MessageQueue;
  readonly offset: number;
  readonly maxMessages: number;
  /** Progress to store on the way; undefined stores none. */
  readonly commitOffset: number | undefined;
}

/** How a pull ended. `nextOffset` is where to go on. */
export type PullOutcome =
  | {
      readonly kind: 'found';
      readonly messages: readonly ReceivedMessage[];
      readonly nextOffset: number;
      readonly minOffset: number;
      readonly maxOffset: number;
    }
  /** Nothing (that matches) is there up to `nextOffset`. */
  | { readonly kind: 'nothing'; readonly nextOffset: number; readonly minOffset: number; readonly maxOffset: number }
  /** The broker does not keep the asked offset and names another one. */
  | { readonly kind: 'moved'; readonly nextOffset: number; readonly minOffset: number; readonly maxOffset: number }
  /** No usable answer; try again after `retryMs`. */
  | { readonly kind: 'failed'; readonly error: Error; readonly retryMs: number };

/** Where messages come from. `done` is called exactly once, never after the client was closed for good. */
export type PullSource = (request: PullRequest, done: (outcome: PullOutcome) => void) => void;
