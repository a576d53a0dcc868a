import type { MessageQueue } from './message-queue.ts';

/** One failed attempt to send, after which another follows. */
export interface SendRetry {
  readonly topic: string;
  /** UNIQ_KEY of the message. */
  readonly messageId: string;
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number;
  readonly address: string;
  /** One sentence. */
  readonly reason: string;
}

/** What clients tell about themselves. Events never steer anything. */
export interface ClientEvents {
  /** A topic's route is new or differs from the one known before. */
  'route-changed': { readonly topic: string };
  'send-retry': SendRetry;
  /** This consumer's queues of a topic changed. */
  rebalanced: { readonly topic: string; readonly queues: readonly MessageQueue[] };
  /** Something failed in the background and will be tried again; the client goes on. */
  error: { readonly during: string; readonly error: Error };
}
