import type { FastifyInstance } from 'fastify';
import type { StatusSource } from '../status-source.ts';

/** `/health/live`: the process answers. `/health/ready`: clients can be served; 503 with the reason otherwise. */
export function healthRoutes(server: FastifyInstance, source: StatusSource): void {
  server.get('/health/live', () => ({ live: true }));
  server.get('/health/ready', (_request, reply) => {
    const { notReady } = source.status();
    if (notReady === undefined) return { ready: true };
    return reply.code(503).send({ ready: false, reason: notReady });
  });
}
