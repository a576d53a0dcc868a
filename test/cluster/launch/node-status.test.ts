import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { readNodeStatus } from '../../../cluster/launch/node-status.ts';

async function serving(statusCode: number, body: string, ask: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/status' ? statusCode : 404;
    response.end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  server.closeAllConnections();
  server.close();
}

test('a broker that answers is read, and no answer or an unreadable one is undefined', async () => {
  const report = { ready: false, reason: 'n0 knows no leader', raft: { role: 'candidate', term: 3 } };
  let url = '';
  await serving(200, JSON.stringify(report), async (address) => {
    url = address;
    expect(await readNodeStatus(address)).toEqual(report);
  });
  expect(await readNodeStatus(url)).toBeUndefined();
  await serving(200, 'half {', async (address) => expect(await readNodeStatus(address)).toBeUndefined());
  await serving(500, '{}', async (address) => expect(await readNodeStatus(address)).toBeUndefined());
});
