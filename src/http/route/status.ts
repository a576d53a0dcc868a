import type { FastifyInstance } from 'fastify';
import type { StatusSource } from '../status-source.ts';

/** `/status`: everything that the program tells about itself, for people and launchers. */
export function statusRoute(server: FastifyInstance, source: StatusSource): void {
  server.get('/status', (_request, reply) => {
    const { notReady, ...rest } = source.status();
    const readiness = notReady === undefined ? { ready: true } : { ready: false, reason: notReady };
    const text = JSON.stringify({ ...readiness, ...rest }, undefined, 2);
    return reply.type('application/json; charset=utf-8').send(`${text}\n`);
  });
}
