import type { Connection } from '../../remoting/request-context.ts';

/** One client on one connection (ClientChannelInfo.java). */
export interface ClientChannel {
  readonly connection: Connection;
  readonly clientId: string;
  readonly language: string;
  readonly version: number;
  /** Monotonic milliseconds of its last heartbeat. */
  lastUpdateMs: number;
}
