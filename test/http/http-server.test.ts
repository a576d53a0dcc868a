import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type HttpServer, startHttpServer } from '../../src/http/http-server.ts';
import type { NodeStatus, StatusSource } from '../../src/http/status-source.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { member, sourceOf } from './sample-status.ts';

let server: HttpServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(source: StatusSource, pages: 'all' | 'metrics' = 'all') {
  const logger = new RecordingLogger();
  server = await startHttpServer(source, logger, { host: '127.0.0.1', port: 0, pages });
  const { port } = server;
  return {
    logger,
    port,
    get: (path: string, options?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, options),
  };
}

test('readiness follows the status and says why not; liveness does not', async () => {
  let status: NodeStatus = member;
  const { get } = await start(sourceOf(() => status));
  expect(await (await get('/health/ready')).json()).toEqual({ ready: true });
  status = { ...member, notReady: 'n0 knows no leader in term 7' };
  const refused = await get('/health/ready');
  expect(refused.status).toBe(503);
  expect(await refused.json()).toEqual({ ready: false, reason: 'n0 knows no leader in term 7' });
  expect((await get('/health/live')).status).toBe(200);
  expect(await (await get('/status')).json()).toMatchObject({ ready: false, reason: status.notReady });
});

test('the status is JSON with all that the source tells', async () => {
  const { get } = await start(sourceOf(() => member));
  const answer = await get('/status');
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const { notReady: _notReady, ...rest } = member;
  expect(await answer.json()).toEqual({ ready: true, ...JSON.parse(JSON.stringify(rest)) });
});

test('metrics come as Prometheus text, on the port for them under any path', async () => {
  const { get } = await start(
    sourceOf(() => member),
    'metrics',
  );
  for (const path of ['/metrics', '/', '/any/path?x=1']) {
    const answer = await get(path);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await answer.text()).toContain('ledgermq_raft_term');
  }
});

test('what is not there is answered with what is, and only GET and HEAD are', async () => {
  const { get } = await start(sourceOf(() => member));
  const answer = await get('/metric');
  expect(answer.status).toBe(404);
  expect(((await answer.json()) as { error: string }).error).toContain('/metrics');
  expect((await get('/status', { method: 'HEAD' })).status).toBe(200);
  expect((await get('/status', { method: 'POST', body: 'x' })).status).toBe(404);
});

test('a status that throws is a 500 and a line in the log, and the server lives on', async () => {
  let broken = true;
  const { get, logger } = await start({
    status: () => {
      if (broken) throw new Error('planted');
      return member;
    },
    figures: () => undefined,
  });
  expect((await get('/status')).status).toBe(500);
  expect(logger.messages('error')).toEqual(['An HTTP request failed']);
  broken = false;
  expect((await get('/status')).status).toBe(200);
});

test('a port that is taken rejects, and closing ends connections that are open', async () => {
  const { port } = await start(sourceOf(() => member));
  const options = { host: '127.0.0.1', port, pages: 'all' } as const;
  await expect(
    startHttpServer(
      sourceOf(() => member),
      new RecordingLogger(),
      options,
    ),
  ).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {});
  socket.write('GET /status HTTP/1.1\r\nHost: x\r\n');
  await server?.close();
  server = undefined;
  await ended;
});
