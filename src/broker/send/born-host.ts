import { encodeHost } from '../../protocol/message/host.ts';
import type { Connection } from '../../remoting/request-context.ts';

const UNKNOWN = Buffer.alloc(8);
const known = new WeakMap<Connection, Buffer>();

/** The client's address as records carry it. */
export function bornHost(connection: Connection): Buffer {
  let host = known.get(connection);
  if (host === undefined) {
    host = encodeHost(connection.remoteHost, connection.remotePort) ?? UNKNOWN;
    known.set(connection, host);
  }
  return host;
}
