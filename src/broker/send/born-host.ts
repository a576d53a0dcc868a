import { encodeHost } from '../../protocol/message/host.ts';
import type { Connection, RequestContext } from '../../remoting/request-context.ts';
import { clientAddress, isForwarded } from '../forwarded.ts';

const UNKNOWN = Buffer.alloc(8);

/** The client's address by connection; `forwarding` for one on which another node hands on the requests of its clients. */
const known = new WeakMap<Connection, Buffer | 'forwarding'>();

/** The client's address as records carry it. */
export function bornHost(context: RequestContext): Buffer {
  const { connection } = context;
  let host = known.get(connection);
  if (host === undefined) {
    // Nodes forward on connections of their own, so the first send tells for all; asking each would cost a parse of its fields.
    host = isForwarded(context) ? 'forwarding' : encoded(connection.remoteHost, connection.remotePort);
    known.set(connection, host);
  }
  if (host !== 'forwarding') return host;
  const client = clientAddress(context);
  return encoded(client.host, client.port);
}

function encoded(host: string, port: number): Buffer {
  return encodeHost(host, port) ?? UNKNOWN;
}
