import { ResponseCode } from '../../protocol/codes.ts';
import type { CommandDefinition } from '../../protocol/schema.ts';
import type { Answer, CallOptions } from '../broker-client.ts';
import type { ClientSession } from '../client-session.ts';
import { ClientError } from '../errors.ts';
import { type MessageQueue, queueKey } from '../message-queue.ts';
import { chooseMember } from '../route/choose-member.ts';
import type { RouteMember } from '../route/topic-route.ts';

/** The member of a queue's broker group to ask first. */
export function memberFor(
  session: ClientSession,
  queue: MessageQueue,
  tried?: ReadonlySet<string>,
): RouteMember | undefined {
  const route = session.routes.get(queue.topic);
  const nowMs = session.platform.clock.monotonicMs();
  return route && chooseMember(route, queue.brokerName, session.faults, nowMs, tried);
}

/**
 * Asks the master of a queue's broker group; where that does not answer or does not serve, the other members, which hand the request on
 * to the leader that they know. Rejects with the last error when none could answer.
 */
export async function askGroup<Request extends object, Response extends object>(
  session: ClientSession,
  definition: CommandDefinition<Request, Response>,
  queue: MessageQueue,
  header: Request,
  options: CallOptions = {},
): Promise<Answer<Response>> {
  if (session.routes.get(queue.topic) === undefined) await session.routes.load(queue.topic);
  const tried = new Set<string>();
  let failure: unknown;
  for (;;) {
    const member = memberFor(session, queue, tried);
    if (member === undefined) break;
    tried.add(member.address);
    try {
      const answer = await session.brokers.ask(definition, member.address, header, undefined, options);
      session.faults.succeeded(member.address);
      return answer;
    } catch (error) {
      failure = error;
      if (!(error instanceof ClientError) || !noteFault(session, member.address, error)) throw error;
      // Without a fresher route the known one has to do; what counts is the error above.
      await session.routes.refreshElsewhere(queue.topic).catch(() => undefined);
    }
  }
  throw failure ?? new ClientError('no-route', `no broker is known for queue ${queueKey(queue)}`);
}

/** Remembers what kept a member from answering; false if it did answer, and asking another one would not help. */
function noteFault(session: ClientSession, address: string, error: ClientError): boolean {
  const nowMs = session.platform.clock.monotonicMs();
  if (error.code === 'timeout') session.faults.failed(address, 'silent', nowMs);
  else if (error.code === 'unreachable') session.faults.failed(address, 'unreachable', nowMs);
  else if (error.responseCode === ResponseCode.SERVICE_NOT_AVAILABLE)
    session.faults.failed(address, 'not-serving', nowMs);
  else return false;
  return true;
}
