import type { HttpOptions, HttpServer } from '../../src/http/http-server.ts';
import type { StatusSource } from '../../src/http/status-source.ts';
import type { Logger } from '../../src/platform/ports.ts';

/** HTTP pages of a program that already serves: loaded and opened afterwards, so that they cost the start nothing. */
export class LateHttp {
  readonly #source: StatusSource;
  readonly #logger: Logger;
  #opening: Promise<readonly HttpServer[]> = Promise.resolve([]);

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
    const servers = await this.#opening;
    await Promise.all(servers.map((server) => server.close()));
  }

  async #open(wanted: readonly HttpOptions[]): Promise<readonly HttpServer[]> {
    const opened = await Promise.all(wanted.map((options) => this.#openOne(options)));
    return opened.filter((server) => server !== undefined);
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
