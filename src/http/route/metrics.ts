import type { FastifyInstance } from 'fastify';
import { CONTENT_TYPE } from '../metrics/exposition.ts';
import { nodeMetrics } from '../metrics/node-metrics.ts';
import type { StatusSource } from '../status-source.ts';

/** Prometheus text under `path`. */
export function metricsRoute(server: FastifyInstance, source: StatusSource, path: string): void {
  server.get(path, (_request, reply) => reply.type(CONTENT_TYPE).send(nodeMetrics(source)));
}
