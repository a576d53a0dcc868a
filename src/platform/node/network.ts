import * as net from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Address, Listener, Logger, Network, NetworkError, Socket, SocketHandlers } from '../ports.ts';
import { addressOf, NodeSocket, toNetworkError } from './socket.ts';

/** `highWaterMark`: bytes that wait in the process before `write` asks the caller to pause. */
const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000, highWaterMark: 64 * 1024 };

/** TCP of this machine. */
export class NodeNetwork implements Network {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  localAddresses(): readonly string[] {
    const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    const reachable = all.filter(
      ({ internal, address }) => !internal && !address.startsWith('fe80:') && !address.startsWith('169.254.'),
    );
    const family = (name: string) => reachable.filter((one) => one.family === name).map((one) => one.address);
    return [...family('IPv4'), ...family('IPv6')];
  }

  listen(
    address: Address,
    onConnection: (socket: Socket) => void,
    done: (result: Listener | NetworkError) => void,
  ): void {
    const server = net.createServer({ ...socketOptions, pauseOnConnect: true }, (accepted) =>
      onConnection(new NodeSocket((onread) => reopened(accepted, onread))),
    );
    const refused = (error: Error) => done(toNetworkError(error));
    server.once('error', refused);
    server.listen({ host: address.host, port: address.port }, () => {
      server.off('error', refused);
      server.on('error', (error) =>
        this.#logger.warn('A connection could not be accepted', { ...toNetworkError(error) }),
      );
      const bound = server.address() as net.AddressInfo;
      done({ address: addressOf(bound.address, bound.port), close: (closed) => closeServer(server, closed) });
    });
  }

  connect(address: Address, handlers: SocketHandlers): Socket {
    const { host, port } = address;
    const socket = new NodeSocket((onread) => net.connect({ ...socketOptions, host, port, onread }), address);
    socket.setHandlers(handlers);
    return socket;
  }
}

/** `onread` for a socket that a server accepted: Node offers it only to those who make a socket, and takes handles as its own server gives them. */
function reopened(accepted: net.Socket, onread: net.OnReadOpts): net.Socket {
  const { _handle: handle } = accepted as unknown as { readonly _handle: unknown };
  return new net.Socket({ highWaterMark: socketOptions.highWaterMark, handle, onread } as net.SocketConstructorOpts);
}

/** `server.close` alone reports only when the last socket is gone; here only accepting ends. */
function closeServer(server: net.Server, closed: (() => void) | undefined): void {
  server.close();
  if (closed !== undefined) setImmediate(closed);
}
