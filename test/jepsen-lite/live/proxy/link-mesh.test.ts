import { expect, test } from 'vitest';
import { LinkMesh } from '../../../../jepsen-lite/live/proxy/link-mesh.ts';
import type { Socket } from '../../../../src/platform/ports.ts';
import { VirtualWorld } from '../../../support/virtual-platform.ts';

/** Two parties that dial each other through a mesh; each notes what it hears, whoever dialed. */
async function twoParties() {
  const world = new VirtualWorld();
  const mesh = new LinkMesh(world.start('mesh'), '0.0.0.0');
  const heard: Record<string, string> = { a: '', b: '' };
  const sockets: Record<string, Socket[]> = { a: [], b: [] };
  const closed: string[] = [];
  const parties = { a: world.start('a'), b: world.start('b') };
  const own = (name: 'a' | 'b', socket: Socket) => {
    sockets[name]?.push(socket);
    return {
      onData: (chunk: Buffer) => {
        heard[name] += chunk.toString();
      },
      onClose: () => closed.push(name),
    };
  };
  for (const name of ['a', 'b'] as const) {
    parties[name].network.listen(
      { host: '0.0.0.0', port: 80 },
      (socket) => socket.setHandlers(own(name, socket)),
      () => {},
    );
  }
  for (const [from, to] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    const { port } = await world.settle(mesh.lay(from, to, { host: to, port: 80 }));
    const socket = parties[from].network.connect({ host: 'mesh', port }, { onData: () => {}, onClose: () => {} });
    socket.setHandlers(own(from, socket));
  }
  world.advance(10);
  return {
    mesh,
    heard,
    closed,
    advance: (ms: number) => world.advance(ms),
    /** Says something on every connection that the party has. */
    say(name: 'a' | 'b', text: string) {
      for (const socket of sockets[name] ?? []) socket.write([Buffer.from(text)]);
    },
  };
}

test('what is cut one way is cut whoever dialed, and the other way goes on', async () => {
  const { mesh, heard, advance, say } = await twoParties();
  mesh.cut('a', 'b');
  expect(mesh.cutWays).toEqual(['a>b']);
  say('a', 'x');
  say('b', 'y');
  advance(1_000);
  expect(heard).toEqual({ a: 'yy', b: '' });
  mesh.heal('a', 'b');
  advance(10);
  expect(heard).toEqual({ a: 'yy', b: 'xx' });
});

test('a way that two faults have cut heals with the second heal, and no heal too many leaves a debt', async () => {
  const { mesh, heard, advance, say } = await twoParties();
  mesh.heal('a', 'b');
  mesh.cut('a', 'b');
  mesh.cut('a', 'b');
  say('a', 'x');
  mesh.heal('a', 'b');
  advance(1_000);
  expect(heard['b']).toBe('');
  mesh.heal('a', 'b');
  advance(10);
  expect(heard['b']).toBe('xx');
});

test('the quality of a way is that of its bytes, whoever dialed', async () => {
  const { mesh, heard, advance, say } = await twoParties();
  mesh.setQuality('a', 'b', { delayMs: 100, jitterMs: 0, lossRatio: 0 });
  say('a', 'x');
  say('b', 'y');
  advance(50);
  expect(heard).toEqual({ a: 'yy', b: '' });
  advance(60);
  expect(heard['b']).toBe('xx');
  mesh.setQuality('a', 'b');
  say('a', 'z');
  advance(5);
  expect(heard['b']).toBe('xxzz');
});

test('healAll ends every cut and every delay; reset breaks both connections; close ends all', async () => {
  const { mesh, heard, closed, advance, say } = await twoParties();
  mesh.cut('a', 'b');
  mesh.setQuality('b', 'a', { delayMs: 1_000, jitterMs: 0, lossRatio: 0 });
  mesh.healAll();
  say('a', 'x');
  say('b', 'y');
  advance(10);
  expect(heard).toEqual({ a: 'yy', b: 'xx' });
  mesh.reset('a', 'b');
  advance(10);
  expect(closed.sort()).toEqual(['a', 'a', 'b', 'b']);
  mesh.close();
});

test('a party that dials several addresses of another is cut from all of them', async () => {
  const world = new VirtualWorld();
  const mesh = new LinkMesh(world.start('mesh'), '0.0.0.0');
  const b = world.start('b');
  const a = world.start('a');
  let heard = '';
  for (const port of [80, 81]) {
    b.network.listen(
      { host: '0.0.0.0', port },
      (socket) => socket.setHandlers({ onData: (chunk) => (heard += chunk.toString()), onClose: () => {} }),
      () => {},
    );
    const address = await world.settle(mesh.lay('a', 'b', { host: 'b', port }));
    const socket: Socket = a.network.connect(
      { host: 'mesh', port: address.port },
      { onOpen: () => socket.write([Buffer.from(`<${port}>`)]), onData: () => {}, onClose: () => {} },
    );
  }
  mesh.cut('a', 'b');
  world.advance(100);
  expect(heard).toBe('');
  mesh.heal('a', 'b');
  world.advance(100);
  expect(heard).toBe('<80><81>');
});
