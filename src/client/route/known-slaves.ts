import type { RouteMember } from './topic-route.ts';

const MASTER_ID = 0;
/** How long an answer is believed: a broker may get another role. */
const BELIEVED_MS = 30_000;

/**
 * Members that answered a send with saying that they are slaves: unlike members of a group that elects they hand no message on to anybody, so that sends are kept from
 * them, while readers go on asking them. Forgotten when a route names the member as master, and after half a minute.
 */
export class KnownSlaves {
  readonly #untilMs = new Map<string, number>();

  /** True if nobody is known to be one: the usual case, in which nothing needs to be compared. */
  get empty(): boolean {
    return this.#untilMs.size === 0;
  }

  found(address: string, nowMs: number): void {
    this.#untilMs.set(address, nowMs + BELIEVED_MS);
  }

  /** May a message be sent to it? */
  takesSends({ address, brokerId }: RouteMember, nowMs: number): boolean {
    const untilMs = this.#untilMs.get(address);
    if (untilMs === undefined) return true;
    if (brokerId !== MASTER_ID && untilMs > nowMs) return false;
    this.#untilMs.delete(address);
    return true;
  }
}
