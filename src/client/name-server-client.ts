import type { CommandDefinition } from '../protocol/schema.ts';
import type { Answer, BrokerClient, CallOptions, GoodAnswer } from './broker-client.ts';
import { ClientError } from './errors.ts';

/** Without an answer in this time the next name server is asked. */
const PATIENCE_MS = 1_500;

export interface NameServerOptions {
  /** Addresses `host:port`, not empty. */
  readonly addresses: readonly string[];
  /** Which one is asked first; spreads the clients over the servers. */
  readonly firstIndex: number;
}

/**
 * Typed requests to whichever name server answers. Name servers know nothing of each other, so the one that answered is kept until it
 * fails; `rotate` moves on by itself when its answers did not help.
 */
export class NameServerClient {
  readonly #client: BrokerClient;
  readonly #addresses: readonly string[];
  #current: number;

  constructor(client: BrokerClient, options: NameServerOptions) {
    this.#client = client;
    this.#addresses = options.addresses;
    this.#current = options.firstIndex % options.addresses.length;
  }

  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** The next request goes to another name server. */
  rotate(): void {
    this.#current = (this.#current + 1) % this.#addresses.length;
  }

  /** Asks one name server after another until one answers; rejects unless its code is SUCCESS. */
  async request<Request extends object, Response extends object>(
    definition: CommandDefinition<Request, Response>,
    header: Request,
    options: Omit<CallOptions, 'accept'> = {},
  ): Promise<GoodAnswer<Response>> {
    return (await this.ask(definition, header, options)) as GoodAnswer<Response>;
  }

  /** Like `request`, and gives answers of the accepted codes too. */
  async ask<Request extends object, Response extends object>(
    definition: CommandDefinition<Request, Response>,
    header: Request,
    options: CallOptions = {},
  ): Promise<Answer<Response>> {
    const reasons: string[] = [];
    for (let tried = 0; tried < this.#addresses.length; tried++) {
      const address = this.#addresses[this.#current] as string;
      const asked = this.#current;
      try {
        const timeoutMs = Math.min(options.timeoutMs ?? PATIENCE_MS, PATIENCE_MS);
        return await this.#client.ask(definition, address, header, undefined, { ...options, timeoutMs });
      } catch (error) {
        if (!(error instanceof ClientError) || (error.code !== 'timeout' && error.code !== 'unreachable')) throw error;
        reasons.push(error.message);
        if (asked === this.#current) this.rotate();
      }
    }
    throw new ClientError('no-name-server', `no name server answered: ${reasons.join('; ')}`);
  }
}
