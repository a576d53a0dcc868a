import type { Platform } from '../../../src/platform/ports.ts';
import type { StoredQueues } from '../../checker/consumption.ts';
import { judgeRun } from '../../checker/judge-run.ts';
import type { Verdict } from '../../checker/verdict.ts';
import { askAgain } from '../../live/ask-again.ts';
import type { LiveClients } from '../../live/chaos/live-clients.ts';
import { drain } from '../../workload/drain.ts';

/** Clients end what they are at. */
const CLIENTS_END_MS = 30_000;
/** Consumers come to the ends of their queues. */
const CONSUME_MS = 60_000;
/** So long a request while all is read back is repeated. */
const ASK_MS = 30_000;
const POLL_MS = 50;

/** The end of a drill on a group whose files nobody can read here: clients stop, everything is read back, and the histories are judged. */
export async function judgeClients(
  clients: LiveClients,
  platform: Platform,
  signal: AbortSignal,
  phase: (text: string) => void,
): Promise<Verdict[]> {
  const { history, judge, consumption, consumerGroup, hasRegisters } = clients;
  const until = async (ms: number, condition: () => boolean): Promise<boolean> => {
    const deadlineMs = performance.now() + ms;
    while (!condition() && performance.now() < deadlineMs && !signal.aborted)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    return condition();
  };
  const broken = (text: string): [] => {
    if (!signal.aborted) judge.broken('liveness', text);
    return [];
  };
  clients.stopped = true;
  phase('letting clients end');
  if (!(await until(CLIENTS_END_MS, () => clients.idle)))
    return broken(`clients do not end within ${CLIENTS_END_MS} ms`);
  phase('reading everything back');
  let queues: StoredQueues;
  try {
    queues = await drain(clients, platform, clients.topics, askAgain(platform, ASK_MS, signal));
    history.drained = true;
  } catch (error) {
    return broken(`what is stored cannot be read: ${(error as Error).message}`);
  }
  phase('letting consumers end');
  // Who does not come to the end is told by its checker, which knows what is missing.
  await until(CONSUME_MS, () => consumption.reached(queues));
  clients.consumersStopped = true;
  if (!(await until(CLIENTS_END_MS, () => clients.consumersIdle)))
    return broken(`consumers do not end within ${CLIENTS_END_MS} ms`);
  phase('judging');
  const consumed = { group: consumerGroup, queues };
  return judgeRun({ history, consumed, hasRegisters, replicas: undefined, availability: undefined });
}
