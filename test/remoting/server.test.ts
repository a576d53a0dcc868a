import { expect, test } from 'vitest';
import type { Socket } from '../../src/platform/ports.ts';
import { FLAG_ONEWAY, SERIALIZE_ROCKETMQ } from '../../src/protocol/remoting-command.ts';
import { defineCommand } from '../../src/protocol/schema.ts';
import type { Connection } from '../../src/remoting/request-context.ts';
import { ECHO, HOLD, port, RawPeer, remotingWorld, requestFrame, THROW } from './remoting-world.ts';

test('a request is answered with its opaque, our version and language, in its own header encoding', () => {
  const world = remotingWorld();
  const peer = new RawPeer(world);
  peer.send(requestFrame(ECHO, 7, 'hello', { extFields: { a: '1' } }));
  peer.send(requestFrame(ECHO, 8, '', { serializeType: SERIALIZE_ROCKETMQ }));
  world.world.advance(1);
  expect(peer.responses).toMatchObject([
    {
      code: 0,
      opaque: 7,
      flag: 1,
      version: 479,
      language: 'JAVA',
      serializeType: 0,
      extFields: { a: '1' },
      body: Buffer.from('hello'),
    },
    { code: 0, opaque: 8, flag: 1, version: 479, language: 'JAVA', serializeType: 1 },
  ]);
});

test('frames that come byte by byte are answered like whole ones', () => {
  const world = remotingWorld();
  const peer = new RawPeer(world);
  world.world.fabric.maxChunkBytes = 1;
  peer.send(requestFrame(ECHO, 1, 'one'), requestFrame(ECHO, 2, 'two', { serializeType: SERIALIZE_ROCKETMQ }));
  world.world.advance(100);
  expect(peer.responses.map(({ opaque, body }) => `${opaque} ${body}`)).toEqual(['1 one', '2 two']);
});

test('many requests of one chunk are answered in one write', () => {
  const world = remotingWorld();
  const peer = new RawPeer(world);
  peer.send(...Array.from({ length: 100 }, (_, at) => requestFrame(ECHO, at + 1)));
  world.world.advance(1);
  expect(peer.responses.map(({ opaque }) => opaque)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
  expect(world.serverSide.network.writeCount).toBe(1);
});

test('answers of much data do not wait for the end of the turn', () => {
  const world = remotingWorld();
  const peer = new RawPeer(world);
  peer.send(...Array.from({ length: 20 }, (_, at) => requestFrame(ECHO, at + 1, 'x'.repeat(10_000))));
  world.world.advance(1);
  expect(peer.responses.length).toBe(20);
  expect(world.serverSide.network.writeCount).toBe(3);
});

test('an unknown code is answered with code 3, a handler that throws with code 1 and a log line', () => {
  const world = remotingWorld();
  const peer = new RawPeer(world);
  peer.send(requestFrame(31_999, 1), requestFrame(THROW, 2), requestFrame(ECHO, 3));
  world.world.advance(1);
  expect(peer.responses.map(({ code, remark }) => [code, remark])).toEqual([
    [3, ' request type 31999 not supported'],
    [1, '30902 failed inside the server: TypeError: planted'],
    [0, undefined],
  ]);
  expect(world.serverSide.logger.lines).toMatchObject([{ level: 'error', fields: { error: 'planted' } }]);
});

test('a bad header field is answered with code 1 and its name', () => {
  const world = remotingWorld();
  const definition = defineCommand({ code: 950, name: 'TEST', request: { queueId: 'int' } });
  world.dispatcher.registerTyped(definition, (context, request) => context.reply(0, `queue ${request.queueId + 1}`));
  const peer = new RawPeer(world);
  peer.send(requestFrame(950, 1, '', { extFields: { queueId: '41' } }));
  peer.send(requestFrame(950, 2, '', { extFields: { queueId: 'x' } }), requestFrame(950, 3));
  world.world.advance(1);
  expect(peer.responses.map(({ code, remark }) => `${code} ${remark}`)).toEqual([
    '0 queue 42',
    '1 TEST: header field queueId is not a 32-bit whole number: "x"',
    '1 TEST: header field queueId is missing',
  ]);
});

test('a oneway request is never answered, whatever comes of it', () => {
  const world = remotingWorld();
  const peer = new RawPeer(world);
  for (const code of [ECHO, THROW, 31_999]) peer.send(requestFrame(code, 1, 'x', { flag: FLAG_ONEWAY }));
  world.world.advance(1);
  expect(world.seen).toEqual(['echo 1']);
  expect(peer.bytes).toBe(0);
});

test('an answer may come later, in any order, and after the connection closed it is swallowed', () => {
  const world = remotingWorld();
  const peer = new RawPeer(world);
  peer.send(requestFrame(HOLD, 1), requestFrame(HOLD, 2), requestFrame(HOLD, 3));
  world.world.advance(500);
  const [first, second, third] = world.held;
  second?.reply(0, 'second');
  world.world.advance(1);
  first?.replyRaw(requestFrame(0, 1, 'raw', { flag: 1 }));
  expect(() => first?.reply(0)).toThrow('answered twice');
  world.world.advance(1);
  peer.socket.destroy();
  world.world.advance(1);
  expect(third?.connection.closed).toBe(true);
  third?.reply(0, 'nobody hears this');
  world.world.advance(1);
  expect(peer.responses.map(({ opaque }) => opaque)).toEqual([2, 1]);
});

test.each([
  ['garbage', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'a frame of 1195725856 bytes is announced'],
  ['a frame of 2 GB', Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 10, 1, 2, 3]), 'a frame of 2147483647 bytes'],
  ['a negative length', Buffer.from([0xff, 0xff, 0xff, 0xff]), 'a frame of -1 bytes is announced'],
  [
    'a header longer than its frame',
    Buffer.from([0, 0, 0, 10, 0, 0, 0, 200, 1, 2, 3]),
    'a header of 200 bytes does not fit',
  ],
  ['a truncated header', Buffer.from([0, 0, 0, 8, 0, 0, 0, 4, 0x7b, 0x22, 0x63, 0x6f]), 'the header is not JSON'],
])('%s closes the connection with one line, and the server lives on', (_name, bytes, reason) => {
  const world = remotingWorld();
  const peer = new RawPeer(world);
  peer.send(requestFrame(ECHO, 1, 'before'));
  peer.send(bytes);
  peer.send(Buffer.alloc(100_000, 'more garbage'));
  world.world.advance(1);
  expect(peer.responses.map(({ opaque }) => opaque)).toEqual([1]);
  expect(peer.closed).toBe('cleanly');
  expect(world.serverSide.logger.lines.length).toBe(1);
  expect(world.serverSide.logger.lines[0]?.fields['reason']).toContain(reason);
  const other = new RawPeer(world);
  other.send(requestFrame(ECHO, 2));
  world.world.advance(1);
  expect(other.responses.length).toBe(1);
});

test('a flood of bad connections does not flood the log', () => {
  const world = remotingWorld();
  for (let at = 0; at < 50; at++) new RawPeer(world).send(Buffer.from('garbage!'));
  world.world.advance(2000);
  new RawPeer(world).send(Buffer.from('garbage!'));
  world.world.advance(1);
  const { lines } = world.serverSide.logger;
  expect(lines.length).toBe(11);
  expect(lines.at(-1)?.fields['suppressedLines']).toBe(40);
});

test('a TLS handshake is refused with a sentence', () => {
  const world = remotingWorld();
  const peer = new RawPeer(world);
  peer.send(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]));
  world.world.advance(1);
  expect(peer.closed).toBe('cleanly');
  expect(world.serverSide.logger.messages('warn')[0]).toContain('asks for TLS');
});

test('a first byte that remoting never has hands the socket over', () => {
  const taken: string[] = [];
  const take = (socket: Socket, firstChunk: Buffer) => {
    taken.push(firstChunk.toString('hex'));
    socket.setHandlers({ onData: (chunk) => taken.push(chunk.toString()), onClose: () => taken.push('closed') });
    socket.write([Buffer.from([0x81])]);
  };
  const world = remotingWorld({}, { firstByteAtLeast: 0x80, take });
  const raft = new RawPeer(world);
  raft.send(Buffer.from([0x80, 0x01]));
  const remoting = new RawPeer(world);
  remoting.send(requestFrame(ECHO, 1));
  world.world.advance(1);
  expect(world.server.connectionCount).toBe(1);
  raft.send(Buffer.from('more'));
  raft.socket.end();
  world.world.advance(1);
  expect(taken).toEqual(['8001', 'more', 'closed']);
  expect(raft.bytes).toBe(1);
  expect(remoting.responses.length).toBe(1);
});

test('a peer that does not read its answers is not read any more, until it has caught up', () => {
  const world = remotingWorld({ limits: { maxBufferedBytes: 100_000, maxInFlight: 1000 } });
  world.world.fabric.windowBytes = 50_000;
  const peer = new RawPeer(world);
  peer.socket.pause();
  for (let at = 1; at <= 500; at++) peer.send(requestFrame(ECHO, at, 'x'.repeat(4000)));
  world.world.advance(1000);
  const answered = world.seen.length;
  expect(answered).toBeGreaterThan(20);
  expect(answered).toBeLessThan(60);
  peer.socket.resume();
  world.world.advance(1000);
  expect(peer.responses.length).toBe(500);
});

test('a peer that reads nothing is closed when its answers exceed the limit', () => {
  const world = remotingWorld({ limits: { closeAtBufferedBytes: 300_000 } });
  world.world.fabric.windowBytes = 50_000;
  const peer = new RawPeer(world);
  peer.socket.pause();
  peer.send(requestFrame(HOLD, 1));
  world.world.advance(1);
  world.held[0]?.reply(0, undefined, {}, [Buffer.alloc(400_000)]);
  world.world.advance(1);
  expect(world.server.connectionCount).toBe(0);
  expect(world.serverSide.logger.messages('warn')[0]).toContain('does not read its answers');
});

test.each([
  ['count', { maxInFlight: 10 }],
  ['bytes', { maxInFlightBytes: 10 * (512 + 4000) }],
])('requests in flight are bounded by %s', (_name, limits) => {
  const world = remotingWorld({ limits });
  const peer = new RawPeer(world);
  world.world.fabric.windowBytes = 8000;
  for (let at = 1; at <= 100; at++) peer.send(requestFrame(HOLD, at, 'x'.repeat(4000)));
  world.world.advance(100);
  const inFlight = world.held.length;
  expect(inFlight).toBeGreaterThanOrEqual(10);
  expect(inFlight).toBeLessThan(15);
  for (let answered = 0; answered < 100; ) {
    while (answered < world.held.length) world.held[answered++]?.reply(0);
    world.world.advance(10);
  }
  expect(peer.responses.length).toBe(100);
});

test('idle connections are closed, those that talk are not, and one that never said a word is', () => {
  const world = remotingWorld();
  const [idle, talker, mute] = [new RawPeer(world), new RawPeer(world), new RawPeer(world)];
  idle.send(requestFrame(ECHO, 1));
  for (let minute = 0; minute < 3; minute++) {
    talker.send(requestFrame(ECHO, minute + 1));
    world.world.advance(60_000);
  }
  expect([idle.closed, talker.closed, mute.closed]).toEqual(['cleanly', undefined, 'cleanly']);
  expect(world.server.connectionCount).toBe(1);
});

test('connections beyond the limit are refused with the limit in the log', () => {
  const world = remotingWorld({ maxConnections: 2 });
  const peers = [new RawPeer(world), new RawPeer(world), new RawPeer(world)];
  world.world.advance(1);
  expect(peers.map(({ closed }) => closed)).toEqual([undefined, undefined, 'cleanly']);
  expect(world.serverSide.logger.lines[0]).toMatchObject({ level: 'warn', fields: { limit: 2 } });
});

test('the owner hears of connections, and may ask something of them', () => {
  const events: string[] = [];
  const connections: Connection[] = [];
  const world = remotingWorld({
    events: {
      opened: (connection) => {
        connections.push(connection);
        events.push(`opened ${connection.remoteHost}`);
      },
      closed: (connection) => events.push(`closed ${connection.remoteAddress === connections[0]?.remoteAddress}`),
    },
  });
  const peer = new RawPeer(world);
  expect(events).toEqual([]);
  peer.send(requestFrame(ECHO, 1, '', { serializeType: SERIALIZE_ROCKETMQ }));
  world.world.advance(1);
  connections[0]?.oneway(40, { consumerGroup: 'g' });
  connections[0]?.invoke(307, {}, undefined, 1000, (response) => events.push(`answer ${response?.body}`));
  world.world.advance(1);
  const pushed = peer.responses.slice(1);
  expect(pushed.map(({ code, flag, serializeType }) => [code, flag, serializeType])).toEqual([
    [40, FLAG_ONEWAY, 1],
    [307, 0, 1],
  ]);
  peer.send(requestFrame(0, pushed[1]?.opaque ?? 0, 'info', { flag: 1 }));
  world.world.advance(1);
  peer.socket.destroy();
  world.world.advance(1);
  expect(events).toEqual(['opened 10.0.0.2', 'answer info', 'closed true']);
});

test('a client that never answers our requests keeps its connection', () => {
  const opened: Connection[] = [];
  const world = remotingWorld({ events: { opened: (connection) => opened.push(connection) } });
  const peer = new RawPeer(world);
  peer.send(requestFrame(ECHO, 1));
  world.world.advance(20_000);
  const answers: unknown[] = [];
  opened[0]?.invoke(307, {}, undefined, 6000, (response) => answers.push(response));
  world.world.advance(10_000);
  expect([answers, peer.closed]).toEqual([[undefined], undefined]);
});

test('close lets requests that were read be answered, takes no others, and ends all timers', () => {
  const world = remotingWorld();
  const [busy, quiet, mute] = [new RawPeer(world), new RawPeer(world), new RawPeer(world)];
  busy.send(requestFrame(HOLD, 1));
  quiet.send(requestFrame(ECHO, 1));
  world.world.advance(1);
  let closed = false;
  world.server.close(5000, () => {
    closed = true;
  });
  busy.send(requestFrame(ECHO, 2));
  world.world.advance(100);
  expect([quiet.closed, mute.closed, busy.closed, closed]).toEqual(['cleanly', 'cleanly', undefined, false]);
  expect(new RawPeer(world).closed).toBe('ECONNREFUSED');
  world.held[0]?.reply(0, 'late but there');
  world.world.advance(1);
  expect(busy.responses).toMatchObject([{ opaque: 1, remark: 'late but there' }]);
  expect([busy.closed, closed]).toEqual(['cleanly', true]);
  expect(world.serverSide.timers.pending).toBe(0);
});

test('close does not wait longer than it is told', () => {
  const world = remotingWorld();
  const peer = new RawPeer(world);
  peer.send(requestFrame(HOLD, 1));
  world.world.advance(1);
  let closed = false;
  world.server.close(5000, () => {
    closed = true;
  });
  world.world.advance(4990);
  expect(closed).toBe(false);
  world.world.advance(20);
  expect([closed, peer.closed]).toEqual([true, 'cleanly']);
});

test('a busy port is a value, and several ports share one server', () => {
  const world = remotingWorld();
  const results: (string | undefined)[] = [];
  for (const other of [port, port - 2]) {
    world.server.listen({ host: '0.0.0.0', port: other }, (error) => results.push(error?.code));
  }
  world.world.advance(1);
  expect(results).toEqual(['EADDRINUSE', undefined]);
  expect(world.server.addresses.map((address) => address.port)).toEqual([port, port - 2]);
});

test('frames that are still coming take a bounded amount of memory in all, and whose grows beyond is closed', () => {
  const world = remotingWorld({ limits: { maxIncompleteBytes: 100_000 } });
  const frame = requestFrame(ECHO, 1, 'x'.repeat(60_000));
  const [first, second] = [new RawPeer(world), new RawPeer(world)];
  first.send(frame.subarray(0, 50_000));
  world.world.advance(1);
  second.send(frame.subarray(0, 50_000));
  world.world.advance(1);
  expect(second.closed).toBeDefined();
  expect(first.closed).toBeUndefined();
  first.send(frame.subarray(50_000));
  world.world.advance(1);
  expect(first.responses.length).toBe(1);
  for (let i = 0; i < 10; i++) {
    const next = new RawPeer(world);
    next.send(frame.subarray(0, 50_000));
    world.world.advance(1);
    expect(next.closed).toBeUndefined();
    next.socket.destroy();
    world.world.advance(1);
  }
});
