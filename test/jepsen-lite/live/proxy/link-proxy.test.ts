import { describe, expect, test } from 'vitest';
import type { LinkQuality } from '../../../../jepsen-lite/live/proxy/link.ts';
import { LinkProxy } from '../../../../jepsen-lite/live/proxy/link-proxy.ts';
import type { Socket } from '../../../../src/platform/ports.ts';
import { VirtualWorld } from '../../../support/virtual-platform.ts';

const both = (quality: LinkQuality) => ({ out: quality, in: quality });

/** A client that has dialed an echo server through a proxy; the server echoes each chunk. */
async function world(before: (proxy: LinkProxy) => void = () => {}) {
  const virtual = new VirtualWorld();
  const [server, between, client] = [virtual.start('server'), virtual.start('proxy'), virtual.start('client')];
  const served: Socket[] = [];
  const events: string[] = [];
  server.network.listen(
    { host: '0.0.0.0', port: 80 },
    (socket) => {
      served.push(socket);
      socket.setHandlers({
        onData: (chunk) => socket.write([chunk]),
        onClose: (reason) => events.push(`server ${reason?.code ?? 'end'}`),
      });
    },
    () => {},
  );
  const proxy = new LinkProxy(between, { host: 'server', port: 80 });
  await virtual.settle(proxy.start({ host: '0.0.0.0', port: 90 }));
  before(proxy);
  let read = '';
  const socket = client.network.connect(
    { host: 'proxy', port: 90 },
    {
      onData: (chunk) => {
        read += chunk.toString();
      },
      onClose: (reason) => events.push(`client ${reason?.code ?? 'end'}`),
    },
  );
  virtual.advance(10);
  return {
    proxy,
    socket,
    events,
    served,
    read: () => read,
    advance: (ms: number) => virtual.advance(ms),
    say(text: string) {
      socket.write([Buffer.from(text)]);
    },
  };
}

describe('a link proxy', () => {
  test('carries both directions in order', async () => {
    const { say, read, advance } = await world();
    for (let at = 0; at < 100; at++) say(`${at},`);
    advance(5);
    expect(read()).toBe(Array.from({ length: 100 }, (_, at) => `${at},`).join(''));
  });

  test.for([['out'], ['in'], ['out', 'in']] as const)(
    'holds what goes over a cut (%s), and brings it after the heal',
    async (directions) => {
      const { proxy, say, read, advance, events } = await world();
      say('a');
      advance(5);
      proxy.cut(directions);
      say('b');
      advance(60_000);
      expect(read()).toBe('a');
      proxy.cut([]);
      advance(5);
      expect(read()).toBe('ab');
      expect(events).toEqual([]);
    },
  );

  test('reaches nobody over a cut link until it heals, and then sends what was said first', async () => {
    const { proxy, say, read, advance, served } = await world((link) => link.cut(['in']));
    say('early');
    advance(60_000);
    expect(served).toEqual([]);
    proxy.cut([]);
    advance(5);
    expect(read()).toBe('early');
  });

  test('tells an end only behind what was sent before, and not over a cut', async () => {
    const { proxy, socket, say, advance, events, served } = await world();
    proxy.qualities = both({ delayMs: 50, jitterMs: 0, lossRatio: 0 });
    say('last');
    socket.end();
    advance(40);
    expect(events).toEqual(['client end']);
    proxy.cut(['out']);
    advance(60_000);
    expect(events).toEqual(['client end']);
    proxy.cut([]);
    advance(60);
    expect(events).toEqual(['client end', 'server end']);
    expect(served).toHaveLength(1);
    expect(proxy.connections).toBe(0);
  });

  test('tells the client when the server breaks its connection, even if only the way there is cut', async () => {
    const { proxy, advance, events, served } = await world();
    proxy.cut(['out']);
    served[0]?.destroy();
    advance(5);
    expect(events).toContain('client end');
  });

  test('brings everything late, in order', async () => {
    const { proxy, say, read, advance } = await world();
    proxy.qualities = both({ delayMs: 100, jitterMs: 50, lossRatio: 0 });
    for (let at = 0; at < 20; at++) say(`${at},`);
    advance(190);
    expect(read()).toBe('');
    advance(200);
    expect(read()).toBe(Array.from({ length: 20 }, (_, at) => `${at},`).join(''));
  });

  test('lets what is lost, and all behind it, wait for its second sending', async () => {
    const { proxy, say, read, advance } = await world();
    proxy.qualities = both({ delayMs: 0, jitterMs: 0, lossRatio: 0.5 });
    for (let at = 0; at < 50; at++) {
      say(`${at},`);
      advance(1);
    }
    expect(read().length).toBeLessThan(50);
    advance(60_000);
    expect(read()).toBe(Array.from({ length: 50 }, (_, at) => `${at},`).join(''));
  });

  test('holds no more than a bound, and brings all of it in the end', async () => {
    const { proxy, say, read, advance, socket } = await world();
    proxy.cut(['out']);
    const piece = 'x'.repeat(100_000);
    for (let at = 0; at < 80; at++) say(piece);
    advance(1_000);
    expect(socket.bufferedBytes).toBeGreaterThan(0);
    proxy.cut([]);
    advance(10_000);
    expect(read()).toHaveLength(80 * piece.length);
  });

  test('breaks all connections on demand, and takes new ones', async () => {
    const { proxy, advance, events } = await world();
    proxy.reset();
    advance(5);
    expect(events.sort()).toEqual(['client end', 'server end']);
    expect(proxy.connections).toBe(0);
  });

  test('says in one sentence that its port is taken', async () => {
    const virtual = new VirtualWorld();
    const platform = virtual.start('here');
    const link = { host: '127.0.0.1', port: 90 };
    await virtual.settle(new LinkProxy(platform, link).start(link));
    await expect(virtual.settle(new LinkProxy(platform, link).start(link))).rejects.toThrow(
      /^the proxy cannot listen on 127\.0\.0\.1:90: /,
    );
  });
});
