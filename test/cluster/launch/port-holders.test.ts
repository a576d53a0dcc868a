import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { describeHolder, listeningInodes, parseLsof, portHolders } from '../../../cluster/launch/port-holders.ts';

test('listening sockets of /proc/net/tcp; others do not count', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2694 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0 10 0
   1: 00000000000000000000000000000000:78BF 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 4712 1
   2: 0100007F:2695 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000000000000000 20 4 30 10 -1
`;
  expect([...listeningInodes(table)]).toEqual([
    [9876, '4711'],
    [30911, '4712'],
  ]);
});

test('what lsof prints', () => {
  const text = 'p812\ncjava\nf134\nn*:9876\nf139\nn127.0.0.1:30911\np900\ncnode\nf22\nn[::1]:40911\n';
  expect([...parseLsof(text)]).toEqual([
    [9876, { pid: 812, command: 'java' }],
    [30911, { pid: 812, command: 'java' }],
    [40911, { pid: 900, command: 'node' }],
  ]);
});

test('the process that listens is found, with its command line', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const holder = portHolders([port]).get(port);
  server.close();
  expect(holder?.pid).toBe(process.pid);
  expect(holder?.command).not.toBe('');
});

test('people are told what is known', () => {
  expect(describeHolder({ pid: 7, command: 'java NamesrvStartup' })).toBe('held by process 7 (java NamesrvStartup)');
  expect(describeHolder({ pid: 7, command: 'x'.repeat(300) }).length).toBeLessThan(140);
  expect(describeHolder(undefined)).toContain('cannot be seen');
});
