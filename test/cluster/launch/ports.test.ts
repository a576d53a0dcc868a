import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import {
  busyPorts,
  freePortBase,
  portBaseProblem,
  portSpan,
  portsFrom,
  portUses,
  rocketmqPorts,
} from '../../../cluster/launch/ports.ts';

test("RocketMQ's ports", () => {
  const { nameServer, brokers } = rocketmqPorts(3);
  expect(nameServer).toBe(9876);
  expect(brokers.map(({ listen }) => listen)).toEqual([30911, 30921, 30931]);
  expect(brokers.map(({ peer }) => peer)).toEqual([40911, 40912, 40913]);
  expect(brokers.map(({ http }) => http)).toEqual([30916, 30926, 30936]);
});

test.each([1, 3, 9])('%i brokers from one base: no port twice, and all within the span', (nodes) => {
  const plan = portsFrom(20_000, nodes);
  const ports = [...portUses(plan, []).map(({ port }) => port), ...plan.brokers.map(({ ha }) => ha)];
  expect(new Set(ports).size).toBe(ports.length);
  expect(Math.min(...ports)).toBe(20_000);
  expect(Math.max(...ports)).toBe(20_000 + portSpan(nodes) - 1);
});

test('a base must leave room above', () => {
  expect(portBaseProblem(65_500, 3)).toBe(undefined);
  expect(portBaseProblem(65_501, 3)).toBe(
    'the ports begin at 65501, but must begin between 1 and 65500 to leave room for 3 brokers',
  );
  expect(portBaseProblem(0, 3)).toContain('must begin between 1');
});

test('a port on which somebody listens is busy, on whichever address', async () => {
  const servers = ['127.0.0.1', '0.0.0.0'].map((host) => createServer().listen(0, host));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const taken = servers.map((server) => (server.address() as { port: number }).port);
  const uses = [...taken, 0].map((port) => ({ port, use: `port ${port}` }));
  expect((await busyPorts(uses)).map(({ port }) => port)).toEqual(taken);
  for (const server of servers) server.close();
});

test('a free base is free', async () => {
  expect(await busyPorts(portUses(portsFrom(await freePortBase(3), 3), []))).toEqual([]);
});
