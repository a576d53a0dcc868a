import fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from '../platform/ports.ts';
import { healthRoutes } from './route/health.ts';
import { metricsRoute } from './route/metrics.ts';
import { statusRoute } from './route/status.ts';
import type { StatusSource } from './status-source.ts';

export interface HttpOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** `all`: health, status and metrics. `metrics`: Prometheus text under any path, as RocketMQ's exporter port. */
  readonly pages: 'all' | 'metrics';
}

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  /** Closes at once, also connections that are in use. */
  close(): Promise<void>;
}

/** Health checks and scrapers need few connections; more must not take descriptors from clients. */
const MAX_CONNECTIONS = 64;
const PATIENCE_MS = 10_000;
const PATHS = ['/health/live', '/health/ready', '/status', '/metrics'] as const;

/** Starts to serve; rejects with the system's error (`code` EADDRINUSE and so on) if it cannot listen. */
export async function startHttpServer(source: StatusSource, logger: Logger, options: HttpOptions): Promise<HttpServer> {
  const { host, port, pages } = options;
  const server = fastify({
    logger: false,
    forceCloseConnections: true,
    requestTimeout: PATIENCE_MS,
    bodyLimit: 1_024,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  });
  server.server.maxConnections = MAX_CONNECTIONS;
  answerFailures(server, logger);
  if (pages === 'metrics') {
    metricsRoute(server, source, '/*');
  } else {
    healthRoutes(server, source);
    statusRoute(server, source);
    metricsRoute(server, source, '/metrics');
  }
  await server.listen({ host, port });
  const address = server.server.address();
  const listened = typeof address === 'object' && address !== null ? address.port : port;
  return { host, port: listened, close: () => server.close() };
}

/** No route has a schema. Without this, fastify loads its compilers for them: several megabytes and half of the start. */
function noSchemas(): never {
  throw new Error('routes have no schemas');
}

function answerFailures(server: FastifyInstance, logger: Logger): void {
  server.setNotFoundHandler((request, reply) => {
    const error = `there is no ${request.method} ${request.url}; GET ${PATHS.join(', ')} exist`;
    return reply.code(404).send({ error });
  });
  server.setErrorHandler((error, request, reply) => {
    const { statusCode = 500, message, stack } = error as Error & { readonly statusCode?: number };
    if (statusCode >= 500) logger.error('An HTTP request failed', { path: request.url, error: message, stack });
    return reply.code(statusCode).send({ error: message });
  });
}
