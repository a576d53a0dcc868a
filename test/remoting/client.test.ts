import { expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../src/remoting/address.ts';
import { Dispatcher } from '../../src/remoting/dispatcher.ts';
import type { RequestContext } from '../../src/remoting/request-context.ts';
import { clientOf, ECHO, HOLD, port, RawPeer, remotingWorld } from './remoting-world.ts';

test('requests of one turn leave in one write, before the connection is even open, and are answered', () => {
  const world = remotingWorld();
  const { outcomes, invoke } = clientOf(world);
  for (let at = 0; at < 50; at++) invoke(ECHO, `body ${at}`);
  expect(outcomes).toEqual([]);
  world.world.advance(5);
  expect(outcomes).toEqual(Array.from({ length: 50 }, (_, at) => `0 body ${at}`));
  expect(world.peerSide.network.writeCount).toBe(1);
  invoke(ECHO, 'again');
  world.world.advance(5);
  expect(world.server.connectionCount).toBe(1);
});

test('both sides may use the same opaque at the same time', () => {
  const world = remotingWorld();
  const dispatcher = new Dispatcher(world.peerSide);
  const asked: RequestContext[] = [];
  dispatcher.register(ECHO, (context) => void asked.push(context));
  const { outcomes, invoke } = clientOf(world, { dispatcher });
  invoke(HOLD, 'from the client');
  world.world.advance(1);
  const answers: string[] = [];
  world.held[0]?.connection.invoke(ECHO, {}, Buffer.from('from the server'), 1000, (response) =>
    answers.push(`${response?.body}`),
  );
  world.world.advance(1);
  expect(asked[0]?.command.opaque).toBe(world.held[0]?.command.opaque);
  asked[0]?.reply(0, undefined, {}, [Buffer.from('to the server')]);
  world.held[0]?.reply(0, undefined, {}, [Buffer.from('to the client')]);
  world.world.advance(1);
  expect([answers, outcomes]).toEqual([['to the server'], ['0 to the client']]);
});

test('timeouts come at their time, whatever their order, from one timer; a late answer is dropped', () => {
  const world = remotingWorld();
  const { client } = clientOf(world);
  const ends: string[] = [];
  for (const timeoutMs of [5000, 1000, 3000]) {
    client.invoke(`server:${port}`, HOLD, {}, undefined, timeoutMs, (_response, failure) => {
      ends.push(`${failure} after ${Math.floor(world.world.nowMs - startMs)}`);
    });
  }
  const startMs = world.world.nowMs;
  world.world.advance(1);
  // The timer of the requests, the sweep for idle connections; the server's sweep runs elsewhere.
  expect(world.peerSide.timers.pending).toBe(2);
  world.world.advance(2000);
  for (const context of world.held.slice(0, 2)) context.reply(0);
  world.world.advance(10_000);
  expect(ends).toEqual(['timeout after 1000', 'undefined after 2001', 'timeout after 3000']);
});

test('a refused connection fails its requests once, and the next call dials again', () => {
  const world = remotingWorld();
  const { outcomes, invoke } = clientOf(world);
  invoke(ECHO, 'a', 3000, 'server:1');
  invoke(ECHO, 'b', 3000, 'server:1');
  invoke(ECHO, 'c', 3000, 'nonsense');
  invoke(ECHO, 'd', 3000, 'unknown-host:10911');
  world.world.advance(10);
  expect(outcomes).toEqual(Array(4).fill('connect-failed'));
  invoke(ECHO, 'e');
  world.world.advance(10);
  expect(outcomes.at(-1)).toBe('0 e');
});

test('a connection that does not open in time is given up', () => {
  const world = remotingWorld();
  const { outcomes, invoke } = clientOf(world);
  world.world.fabric.cut('peer', 'server');
  invoke(ECHO, 'x', 10_000);
  world.world.advance(2999);
  expect(outcomes).toEqual([]);
  world.world.advance(2);
  expect(outcomes).toEqual(['connect-failed']);
  world.world.fabric.heal('peer', 'server');
  world.world.advance(100);
  expect(world.seen).toEqual([]);
});

test('requests fail as closed when the server dies', () => {
  const world = remotingWorld();
  const gone: string[] = [];
  const { outcomes, invoke } = clientOf(world, { onClosed: (address) => gone.push(address) });
  invoke(HOLD);
  world.world.advance(1);
  world.serverSide.crash();
  world.world.advance(1);
  expect(outcomes).toEqual(['closed']);
  expect(gone).toEqual([`server:${port}`]);
});

test('a server that went silent is dialled anew after a timeout', () => {
  const world = remotingWorld();
  const { outcomes, invoke } = clientOf(world);
  invoke(ECHO, 'fine');
  world.world.advance(1);
  world.world.fabric.cut('peer', 'server');
  invoke(ECHO, 'lost', 1000);
  world.world.advance(2000);
  invoke(ECHO, 'lost', 4000);
  world.world.advance(5000);
  expect(outcomes).toEqual(['0 fine', 'timeout', 'timeout']);
  expect(world.peerSide.network.sockets.size).toBe(0);
  world.world.fabric.heal('peer', 'server');
  invoke(ECHO, 'again');
  world.world.advance(100);
  expect(outcomes.at(-1)).toBe('0 again');
});

test('a server that is slow to one request, but talks, keeps its connection', () => {
  const world = remotingWorld();
  const { outcomes, invoke } = clientOf(world);
  invoke(HOLD, '', 8000);
  for (let second = 0; second < 9; second++) {
    world.world.advance(1000);
    invoke(ECHO, String(second));
  }
  world.world.advance(60_000);
  invoke(HOLD, '', 1000);
  world.world.advance(1500);
  expect(outcomes.filter((outcome) => outcome === 'timeout').length).toBe(2);
  expect(world.seen.length).toBe(9);
  expect(world.server.connectionCount).toBe(1);
  expect(world.held.map(({ connection }) => connection.id)).toEqual(Array(2).fill(world.held[0]?.connection.id));
});

test('close ends everything: requests, connections, timers, and later calls', () => {
  const world = remotingWorld();
  const { client, outcomes, invoke } = clientOf(world);
  invoke(HOLD);
  world.world.advance(1);
  client.close();
  invoke(ECHO);
  world.world.advance(1);
  expect(outcomes).toEqual(['closed', 'closed']);
  expect(world.peerSide.timers.pending).toBe(0);
  expect(world.peerSide.network.sockets.size).toBe(0);
  world.world.advance(1);
  expect(world.server.connectionCount).toBe(0);
});

test('idle connections are closed by the client too, and its timer with them', () => {
  const world = remotingWorld({ limits: { idleMs: 1e9 } });
  const { invoke } = clientOf(world);
  invoke(ECHO);
  world.world.advance(119_000);
  expect(world.server.connectionCount).toBe(1);
  world.world.advance(3000);
  expect(world.server.connectionCount).toBe(0);
  expect(world.peerSide.timers.pending).toBe(0);
});

test('promises give the response or the failure, and reject when aborted', async () => {
  const world = remotingWorld();
  const { client } = clientOf(world);
  const address = `server:${port}`;
  const request = (code: number, signal?: AbortSignal) =>
    world.world.settle(client.request(address, code, {}, { timeoutMs: 1000, ...(signal && { signal }) }));
  expect(await request(ECHO)).toMatchObject({ code: 0 });
  expect(await request(HOLD)).toBe('timeout');
  const controller = new AbortController();
  world.peerSide.timers.after(10, () => controller.abort(new Error('enough')));
  await expect(request(HOLD, controller.signal)).rejects.toThrow('enough');
  await expect(request(ECHO, controller.signal)).rejects.toThrow('enough');
});

test('oneway requests arrive in order with the others, and vanish where nobody listens', () => {
  const world = remotingWorld();
  const { client, outcomes, invoke } = clientOf(world);
  invoke(ECHO, 'first');
  client.oneway(`server:${port}`, ECHO, {}, Buffer.from('second'));
  client.oneway('server:1', ECHO, {});
  invoke(ECHO, 'third');
  world.world.advance(10);
  expect(world.seen).toEqual(['echo 1', 'echo 2', 'echo 3']);
  expect(outcomes).toEqual(['0 first', '0 third']);
});

test('a server that answers with garbage is closed, its requests fail, and people are told once', () => {
  const world = remotingWorld(
    {},
    {
      firstByteAtLeast: 0,
      take: (socket) => {
        socket.setHandlers({ onData: () => {}, onClose: () => {} });
        socket.write([Buffer.from('garbage!')]);
      },
    },
  );
  const { outcomes, invoke } = clientOf(world);
  for (let time = 0; time < 10; time++) {
    invoke(ECHO);
    world.world.advance(10);
  }
  expect(outcomes).toEqual(Array(10).fill('garbage'));
  // Once, not with each connection.
  expect(world.peerSide.logger.messages('warn')).toEqual([
    expect.stringContaining('does not speak the remoting protocol'),
  ]);
  expect(new RawPeer(world).closed).toBeUndefined();
});

test('addresses are read and written with IPv6 in brackets', () => {
  expect(parseAddress('[::1]:9876')).toEqual({ host: '::1', port: 9876 });
  expect(parseAddress('my-host.example:65535')).toEqual({ host: 'my-host.example', port: 65535 });
  expect(parseAddress('fe80::1:9876')).toEqual({ host: 'fe80::1', port: 9876 });
  for (const wrong of ['', 'host', ':1', 'host:', 'host:70000', 'host:1x', '[::1:9876', 'a b:1', '[]:1']) {
    expect(parseAddress(wrong), wrong).toBeUndefined();
  }
  expect(formatAddress({ host: '::1', port: 9876 })).toBe('[::1]:9876');
  expect(formatAddress({ host: 'h', port: 1 })).toBe('h:1');
});
