import type { Platform } from '../platform/ports.ts';
import { DEFAULT_MAX_FRAME_BYTES } from '../protocol/frame.ts';

/** What remoting needs of the world. */
export type RemotingPlatform = Pick<Platform, 'clock' | 'timers' | 'network' | 'logger'>;

/** Bounds that keep connections from taking the process down; each holds for one of them, unless it says more. */
export interface ConnectionLimits {
  /** Longest frame that is accepted, its length word included. */
  readonly maxFrameBytes: number;
  /** Above so many unsent bytes no more requests are read from the peer, until it has read most of its answers. */
  readonly maxBufferedBytes: number;
  /** Above so many unsent bytes the connection is closed: the peer asked for more than it reads. */
  readonly closeAtBufferedBytes: number;
  /** Above so many unanswered requests, or so many bytes of them, no more are read. */
  readonly maxInFlight: number;
  readonly maxInFlightBytes: number;
  /** Memory for frames that are still coming, of all connections of a server or client together; above it the one whose frame grows is closed. */
  readonly maxIncompleteBytes: number;
  /** A connection on which nothing moved for so long is closed. */
  readonly idleMs: number;
}

/** RocketMQ's frame and idle limits; the others are ours. */
export const DEFAULT_LIMITS: ConnectionLimits = {
  maxFrameBytes: DEFAULT_MAX_FRAME_BYTES,
  maxBufferedBytes: 2 * 1024 * 1024,
  closeAtBufferedBytes: 64 * 1024 * 1024,
  maxInFlight: 16_384,
  maxInFlightBytes: 64 * 1024 * 1024,
  maxIncompleteBytes: 128 * 1024 * 1024,
  idleMs: 120_000,
};
