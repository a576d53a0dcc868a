import { forwardedFields, isForwarded } from '../../src/broker/forwarded.ts';
import type { Clock, Timers } from '../../src/platform/ports.ts';
import type { RemotingCommand } from '../../src/protocol/remoting-command.ts';
import { FLAG_ONEWAY } from '../../src/protocol/remoting-command.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import type { InvokeFailure, RemotingClient } from '../../src/remoting/client.ts';
import type { RequestContext } from '../../src/remoting/request-context.ts';

/** Clients wait 3 s for a send by default (sendMsgTimeout): an answer that comes later is for nobody. */
const CLIENT_PATIENCE_MS = 3000;
/** A leader that is well answers what it has in hand when another takes its place (a hand-over's success comes just then): so long it may take. */
const FAREWELL_MS = 100;

export interface ForwarderOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly client: RemotingClient;
  /** Broker address `ip:port` of the leader that this node knows, and its term. */
  readonly leader: () => { readonly address: string; readonly term: number } | undefined;
}

/** A request that was sent on and has no answer yet. */
interface Waiting {
  readonly context: RequestContext;
  readonly leader: { readonly address: string; readonly term: number };
}

/**
 * Sends requests that only the leader may answer on to it, and relays the answers (raft/SAFETY.md 6): at most once, and in the order of
 * the client's connection, because all go over one connection to the leader as they come in.
 */
export class Forwarder {
  readonly #options: ForwarderOptions;
  readonly #waiting = new Set<Waiting>();

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  /** Requests whose answers are awaited. */
  get pending(): number {
    return this.#waiting.size;
  }

  /**
   * Somebody leads in this term: what was sent on to leaders of earlier ones has no answer that is worth waiting for. They may be silent, and who asks goes on with the new
   * leader.
   */
  leaderKnown(term: number): void {
    const isWaiting = [...this.#waiting].some(({ leader }) => leader.term < term);
    if (isWaiting) this.#options.timers.after(FAREWELL_MS, () => this.#giveUpBefore(term));
  }

  /** False: nothing was sent on, the caller answers. */
  forward(context: RequestContext): boolean {
    const leader = this.#options.leader();
    if (leader === undefined || isForwarded(context)) return false;
    const { client, clock } = this.#options;
    const { command } = context;
    const fields = forwardedFields(context, leader.term);
    if ((command.flag & FLAG_ONEWAY) !== 0) {
      client.oneway(leader.address, command.code, fields, command.body);
      return true;
    }
    const leftMs = CLIENT_PATIENCE_MS - (clock.monotonicMs() - context.receivedAtMs);
    const waiting = { context, leader };
    this.#waiting.add(waiting);
    client.invoke(leader.address, command.code, fields, command.body, Math.max(1, leftMs), (response, failure) => {
      if (!this.#waiting.delete(waiting)) return;
      if (response === undefined) answerFailure(context, leader.address, failure);
      else relay(context, response);
    });
    return true;
  }

  #giveUpBefore(term: number): void {
    for (const waiting of this.#waiting) {
      const { context, leader } = waiting;
      if (leader.term >= term) continue;
      this.#waiting.delete(waiting);
      answerUnknown(
        context,
        `the leader ${leader.address} of term ${leader.term} did not answer before term ${term} had one`,
      );
    }
  }
}

function relay(context: RequestContext, response: RemotingCommand): void {
  const body = response.body.length > 0 ? [response.body] : undefined;
  context.reply(response.code, response.remark, response.extFields, body);
}

/** A request that never left is certainly not done (14); one that left without an answer may be (1). */
function answerFailure(context: RequestContext, address: string, failure: InvokeFailure | undefined): void {
  if (failure === 'connect-failed') {
    context.reply(
      ResponseCode.SERVICE_NOT_AVAILABLE,
      `the leader ${address} cannot be reached; nothing was done, try again`,
    );
    return;
  }
  answerUnknown(context, `the leader ${address} did not answer (${failure ?? 'closed'})`);
}

function answerUnknown(context: RequestContext, why: string): void {
  context.reply(ResponseCode.SYSTEM_ERROR, `outcome unknown: ${why}; the request may still take effect`);
}
