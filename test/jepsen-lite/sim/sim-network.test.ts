import { expect, test } from 'vitest';
import { nodeEngine } from '../../../jepsen-lite/bin/engine.ts';
import { SimWorld } from '../../../jepsen-lite/sim/sim-world.ts';
import { Trace } from '../../../jepsen-lite/sim/trace.ts';
import type { Socket } from '../../../src/platform/ports.ts';

/** A client that is connected to a server; what the server reads is collected. */
async function connected() {
  const world = new SimWorld(3, nodeEngine, new Trace());
  const [server, client] = [world.start('server'), world.start('client')];
  const read: string[] = [];
  const closed: string[] = [];
  let accepted: Socket | undefined;
  server.network.listen(
    { host: '0.0.0.0', port: 80 },
    (socket) => {
      accepted = socket;
      socket.setHandlers({
        onData: (chunk) => read.push(chunk.toString()),
        onClose: (reason) => closed.push(`server ${reason?.code ?? 'end'}`),
      });
    },
    () => {},
  );
  await world.loop.run(1_000);
  const socket = client.network.connect(
    { host: 'server', port: 80 },
    { onData: () => {}, onClose: (reason) => closed.push(`client ${reason?.code ?? 'end'}`) },
  );
  const runTo = (ms: number) => world.loop.run(ms * 1_000);
  await runTo(10);
  return { world, server, client, socket, accepted: () => accepted, read, closed, runTo };
}

test('bytes of one connection arrive in order', async () => {
  const { socket, read, runTo } = await connected();
  for (let at = 0; at < 50; at++) socket.write([Buffer.from(`${at},`)]);
  await runTo(100);
  expect(read.join('')).toBe(Array.from({ length: 50 }, (_, at) => `${at},`).join(''));
});

test('a cut link loses nothing and tells nobody; what waited comes when it is healed', async () => {
  const { world, socket, read, closed, runTo } = await connected();
  world.fabric.cut('client', 'server');
  socket.write([Buffer.from('one')]);
  socket.write([Buffer.from('two')]);
  await runTo(5_000);
  expect(read).toEqual([]);
  world.fabric.heal('client', 'server');
  await runTo(6_000);
  expect([read.join(''), closed]).toEqual(['onetwo', []]);
});

test('what is on its way over a slow link when it is healed comes behind what waited', async () => {
  const { world, socket, read, runTo } = await connected();
  world.fabric.setLatency('client', 'server', { lowMicros: 400_000, highMicros: 400_000 });
  socket.write([Buffer.from('one')]);
  await runTo(400);
  world.fabric.cut('client', 'server');
  await runTo(405);
  for (const text of ['two', 'three']) socket.write([Buffer.from(text)]);
  await runTo(500);
  world.fabric.heal('client', 'server');
  await runTo(3_000);
  expect(read.join('')).toBe('onetwothree');
});

test('a reset loses what is on its way; both sides hear of it', async () => {
  const { world, socket, read, closed, runTo } = await connected();
  socket.write([Buffer.from('lost')]);
  world.fabric.reset('client', 'server');
  await runTo(100);
  expect([read, closed.sort()]).toEqual([[], ['client ECONNRESET', 'server ECONNRESET']]);
});

test('machines that refuse each other lose their connections and cannot dial until they admit each other again', async () => {
  const { world, client, closed, runTo } = await connected();
  const dial = (): Socket => {
    const handlers = {
      onOpen: () => closed.push('opened'),
      onData: () => {},
      onClose: (reason: { readonly code: string } | undefined) => closed.push(`dial ${reason?.code ?? 'end'}`),
    };
    return client.network.connect({ host: 'server', port: 80 }, handlers);
  };
  world.fabric.refuse('server', 'client');
  await runTo(100);
  expect(closed.sort()).toEqual(['client ECONNRESET', 'server ECONNRESET']);
  closed.length = 0;
  dial();
  await runTo(200);
  world.fabric.admit('server', 'client');
  dial();
  await runTo(300);
  expect(closed).toEqual(['dial ECONNREFUSED', 'opened']);
});

test('a killed process closes its connections; a machine without power stays silent until it is back', async () => {
  const killed = await connected();
  killed.server.kill();
  await killed.runTo(100);
  expect(killed.closed).toEqual(['client end']);
  const dark = await connected();
  dark.server.losePower('lost');
  dark.socket.write([Buffer.from('?')]);
  await dark.runTo(5_000);
  expect(dark.closed).toEqual([]);
  dark.world.start('server');
  dark.socket.write([Buffer.from('?')]);
  await dark.runTo(6_000);
  expect(dark.closed).toEqual(['client ECONNRESET']);
});

test('a paused process reads when it goes on', async () => {
  const { server, socket, read, runTo } = await connected();
  server.pause();
  socket.write([Buffer.from('wait')]);
  await runTo(1_000);
  expect(read).toEqual([]);
  server.resume();
  await runTo(1_100);
  expect(read).toEqual(['wait']);
});

test('nobody listens: the connection is refused', async () => {
  const { client, runTo } = await connected();
  const ends: (string | undefined)[] = [];
  client.network.connect(
    { host: 'server', port: 81 },
    { onData: () => {}, onClose: (reason) => ends.push(reason?.code) },
  );
  client.network.connect(
    { host: 'nobody', port: 81 },
    { onData: () => {}, onClose: (reason) => ends.push(reason?.code) },
  );
  await runTo(100);
  expect(ends.sort()).toEqual(['ECONNREFUSED', 'ENOTFOUND']);
});

test('a server is reached by clients while one of them and it hear each other', () => {
  const { fabric } = new SimWorld(3, nodeEngine, new Trace());
  const world = new SimWorld(3, nodeEngine, new Trace());
  for (const name of ['n0', 'n1', 'ns', 'c0', 'c12']) world.start(name);
  const reached = () => world.fabric.clientsReach('n0');
  expect([fabric.clientsReach('n0'), reached()]).toEqual([false, true]);
  world.fabric.cut('c0', 'n0');
  expect(reached()).toBe(true);
  world.fabric.cut('n0', 'c12');
  expect(reached()).toBe(false);
  world.fabric.heal('c0', 'n0');
  expect(reached()).toBe(true);
});
