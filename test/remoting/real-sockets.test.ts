import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { nodeClock } from '../../src/platform/node/clock.ts';
import { NodeNetwork } from '../../src/platform/node/network.ts';
import { NodeTimers } from '../../src/platform/node/timers.ts';
import type { NetworkError } from '../../src/platform/ports.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import { Dispatcher } from '../../src/remoting/dispatcher.ts';
import type { RequestContext } from '../../src/remoting/request-context.ts';
import { RemotingServer, type RemotingServerOptions } from '../../src/remoting/server.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { ECHO, HOLD, requestFrame } from './remoting-world.ts';

const cleanUp: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const action of cleanUp.splice(0).reverse()) await action();
});

/** A server and a client of it in this process, over real sockets. */
async function realServer(options: Partial<RemotingServerOptions> = {}) {
  const logger = new RecordingLogger();
  const platform = { clock: nodeClock, timers: new NodeTimers(), network: new NodeNetwork(logger), logger };
  const dispatcher = new Dispatcher(platform);
  const held: RequestContext[] = [];
  let answers = 0;
  dispatcher.register(ECHO, (context) => {
    answers++;
    context.reply(0, undefined, context.command.extFields, [context.command.body]);
  });
  dispatcher.register(HOLD, (context) => void held.push(context));
  const server = new RemotingServer({ platform, dispatcher, ...options });
  const failure = await new Promise<NetworkError | undefined>((done) =>
    server.listen({ host: '127.0.0.1', port: 0 }, done),
  );
  expect(failure).toBeUndefined();
  cleanUp.push(() => new Promise<void>((done) => server.close(100, done)));
  const client = new RemotingClient({ platform });
  cleanUp.push(() => client.close());
  const port = server.addresses[0]?.port ?? 0;
  return { server, client, port, address: `127.0.0.1:${port}`, logger, held, answered: () => answers };
}

test('a body of 5 MB goes both ways', async () => {
  const { client, address } = await realServer();
  const body = Buffer.alloc(5_000_000, 'x');
  const response = await client.request(address, ECHO, {}, { body, timeoutMs: 10_000 });
  expect(typeof response === 'object' && response.body.equals(body)).toBe(true);
});

test('a thousand requests at once are answered, each with its own body', async () => {
  const { client, address } = await realServer();
  const requests = Array.from({ length: 1000 }, (_, at) =>
    client.request(address, ECHO, {}, { body: Buffer.from(String(at)), timeoutMs: 10_000 }),
  );
  const bodies = (await Promise.all(requests)).map((response) => typeof response === 'object' && String(response.body));
  expect(bodies).toEqual(Array.from({ length: 1000 }, (_, at) => String(at)));
});

test('garbage and an announced 2 GB are closed, while others are served', async () => {
  const { client, address, port, logger } = await realServer();
  for (const bytes of ['GET / HTTP/1.1\r\n\r\n', Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0])]) {
    const socket = connect(port, '127.0.0.1');
    socket.write(bytes);
    socket.resume();
    await new Promise<void>((closed) => socket.once('close', () => closed()));
  }
  expect(logger.lines.length).toBe(2);
  expect(await client.request(address, ECHO, {}, { timeoutMs: 10_000 })).toMatchObject({ code: 0 });
});

test('a slow reader holds its own requests back, not our memory', async () => {
  const { server, port, answered } = await realServer({ limits: { maxBufferedBytes: 1_000_000 } });
  const socket = connect(port, '127.0.0.1');
  cleanUp.push(() => void socket.destroy());
  const [requests, bodyBytes] = [600, 100_000];
  for (let at = 0; at < requests; at++) socket.write(requestFrame(ECHO, at, 'x'.repeat(bodyBytes)));
  let received = 0;
  let mostUnread = 0;
  await new Promise<void>((resolve) => {
    const readOn = (turns: number) => void setImmediate(() => (turns > 0 ? readOn(turns - 1) : socket.resume()));
    socket.on('data', (chunk) => {
      received += chunk.length;
      mostUnread = Math.max(mostUnread, answered() * bodyBytes - received);
      if (received >= requests * bodyBytes) resolve();
      socket.pause();
      readOn(5);
    });
  });
  // 1 MB in the process, a few frames that were read together, and what the kernel holds.
  expect(mostUnread).toBeLessThan(15_000_000);
  expect(server.connectionCount).toBe(1);
});

test('a client that is killed is noticed at once', async () => {
  const gone: string[] = [];
  const { client, address, held } = await realServer({ events: { closed: () => void gone.push('closed') } });
  const response = client.request(address, HOLD, {}, { timeoutMs: 10_000 });
  while (held.length === 0) await new Promise(setImmediate);
  client.close();
  expect(await response).toBe('closed');
  while (gone.length === 0) await new Promise(setImmediate);
  expect(held[0]?.connection.closed).toBe(true);
});
