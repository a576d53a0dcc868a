import type { NetworkError, Socket } from '../../src/platform/ports.ts';
import { encodeFrame, FrameDecoder } from '../../src/protocol/frame.ts';
import { type ExtFields, type RemotingCommand, SERIALIZE_JSON } from '../../src/protocol/remoting-command.ts';
import { RemotingClient, type RemotingClientOptions } from '../../src/remoting/client.ts';
import { Dispatcher } from '../../src/remoting/dispatcher.ts';
import type { Sniffer } from '../../src/remoting/first-bytes.ts';
import type { RequestContext } from '../../src/remoting/request-context.ts';
import { RemotingServer, type RemotingServerOptions } from '../../src/remoting/server.ts';
import { VirtualWorld } from '../support/virtual-platform.ts';

export const port = 10911;

/** Request codes that the test server knows. */
export const ECHO = 30_900;
export const HOLD = 30_901;
export const THROW = 30_902;

/** A server on machine `server`, and a second machine `peer` to talk to it, raw or with a client. */
export function remotingWorld(options: Partial<RemotingServerOptions> = {}, sniffer?: Sniffer) {
  const world = new VirtualWorld();
  const [serverSide, peerSide] = [world.start('server'), world.start('peer')];
  const dispatcher = new Dispatcher(serverSide);
  const seen: string[] = [];
  const held: RequestContext[] = [];
  dispatcher.register(ECHO, (context) => {
    seen.push(`echo ${context.command.opaque}`);
    context.reply(0, undefined, context.command.extFields, [context.command.body]);
  });
  dispatcher.register(HOLD, (context) => void held.push(context));
  dispatcher.register(THROW, () => {
    throw new TypeError('planted');
  });
  const server = new RemotingServer({ platform: serverSide, dispatcher, ...options });
  let failure: NetworkError | undefined;
  server.listen(
    { host: '0.0.0.0', port },
    (error) => {
      failure = error;
    },
    sniffer,
  );
  world.advance(1);
  if (failure !== undefined) throw new Error(failure.error);
  return { world, server, serverSide, peerSide, dispatcher, seen, held };
}

/** The bytes of a request. */
export function requestFrame(
  code: number,
  opaque: number,
  body = '',
  header: { flag?: number; extFields?: ExtFields; serializeType?: 0 | 1 } = {},
): Buffer {
  const { flag = 0, extFields = {}, serializeType = SERIALIZE_JSON } = header;
  return Buffer.concat(encodeFrame({ code, opaque, flag, serializeType, extFields }, [Buffer.from(body)]));
}

/** A connection that speaks bytes, and reads what comes back as frames. */
export class RawPeer {
  readonly responses: RemotingCommand[] = [];
  /** Chunks that came, each from one write of the other side. */
  chunks = 0;
  bytes = 0;
  closed: string | undefined;
  readonly socket: Socket;

  constructor(world: ReturnType<typeof remotingWorld>) {
    const decoder = new FrameDecoder();
    this.socket = world.peerSide.network.connect(
      { host: 'server', port },
      {
        onData: (chunk) => {
          this.chunks++;
          this.bytes += chunk.length;
          decoder.push(chunk, (command) => this.responses.push(command));
        },
        onClose: (reason) => {
          this.closed = reason?.code ?? 'cleanly';
        },
      },
    );
    world.world.advance(1);
  }

  send(...buffers: Buffer[]): void {
    this.socket.write([Buffer.concat(buffers)]);
  }
}

/** A client on machine `peer`, and what its requests came to, in order. */
export function clientOf(world: ReturnType<typeof remotingWorld>, options: Partial<RemotingClientOptions> = {}) {
  const client = new RemotingClient({ platform: world.peerSide, ...options });
  const outcomes: string[] = [];
  const invoke = (code: number, body = '', timeoutMs = 3000, address = `server:${port}`) =>
    client.invoke(address, code, {}, Buffer.from(body), timeoutMs, (response, failure) => {
      outcomes.push(failure ?? `${response?.code} ${response?.body}`);
    });
  return { client, outcomes, invoke };
}
