import type { HttpOptions, HttpServer } from '../../src/http/http-server.ts';
import type { StatusSource } from '../../src/http/status-source.ts';
import type { Logger } from '../../src/platform/ports.ts';

/** Loading the pages keeps one core busy for 0.15 s: several brokers that start on one machine would elect their leader that much later. */
const CALM_MS = 300;
/** A program that cannot serve says so on its pages: they do not wait for ever. */
const LONGEST_WAIT_MS = 2_000;
const POLL_MS = 50;

/** HTTP pages of a program: loaded and opened soon after it serves, so that they cost the start nothing. */
export class LateHttp {
  readonly #source: StatusSource;
  readonly #logger: Logger;
  #opening: Promise<readonly HttpServer[]> = Promise.resolve([]);
  #closed = false;

  constructor(source: StatusSource, logger: Logger) {
    this.#source = source;
    this.#logger = logger;
  }

  /** Opens ports other than 0. What cannot be opened is told to the log; the program goes on without it. */
  open(ports: readonly HttpOptions[]): void {
    const wanted = ports.filter(({ port }) => port !== 0);
    if (wanted.length > 0) this.#opening = this.#open(wanted);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const servers = await this.#opening;
    await Promise.all(servers.map((server) => server.close()));
  }

  async #open(wanted: readonly HttpOptions[]): Promise<readonly HttpServer[]> {
    await this.#untilCalm();
    if (this.#closed) return [];
    const opened = await Promise.all(wanted.map((options) => this.#openOne(options)));
    return opened.filter((server) => server !== undefined);
  }

  /** Resolves when the program has served for a while, was closed, or takes too long. */
  #untilCalm(): Promise<void> {
    const startedMs = performance.now();
    let servesSinceMs: number | undefined;
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const nowMs = performance.now();
        if (servesSinceMs === undefined && this.#source.status().notReady === undefined) servesSinceMs = nowMs;
        const calm = servesSinceMs !== undefined && nowMs - servesSinceMs >= CALM_MS;
        if (!calm && !this.#closed && nowMs - startedMs < LONGEST_WAIT_MS) return;
        clearInterval(timer);
        resolve();
      }, POLL_MS);
    });
  }

  async #openOne(options: HttpOptions): Promise<HttpServer | undefined> {
    const { host, port, pages } = options;
    try {
      const { startHttpServer } = await import('../../src/http/http-server.ts');
      const server = await startHttpServer(this.#source, this.#logger, options);
      this.#logger.info('HTTP pages are served', { host, port, pages });
      return server;
    } catch (error) {
      const remedy = `give ${pages === 'all' ? 'httpPort' : 'metricsPromExporterPort'} another port, or 0 for none`;
      this.#logger.error('HTTP pages are not served', { host, port, pages, error: (error as Error).message, remedy });
      return undefined;
    }
  }
}
