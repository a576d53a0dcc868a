import type { ClientConnection } from '../../protocol/body/producer-connection.ts';
import type { Connection } from '../../remoting/request-context.ts';

/** One client on one connection (ClientChannelInfo.java). */
export interface ClientChannel {
  readonly connection: Connection;
  readonly clientId: string;
  readonly language: string;
  readonly version: number;
  /** Monotonic milliseconds of its last heartbeat. */
  readonly lastUpdateMs: number;
}

/** The form in which tools see a client. */
export function connectionOf({ clientId, connection, language, version }: ClientChannel): ClientConnection {
  return { clientId, clientAddr: connection.remoteAddress, language, version };
}
