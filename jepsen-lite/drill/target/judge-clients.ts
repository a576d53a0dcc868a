import type { Platform } from '../../../src/platform/ports.ts';
import type { Verdict } from '../../checker/verdict.ts';
import { judgeHistory } from '../../live/chaos/finish.ts';
import type { LiveClients } from '../../live/chaos/live-clients.ts';
import { drain } from '../../workload/drain.ts';

/** Clients end what they are at. */
const CLIENTS_END_MS = 30_000;
const POLL_MS = 50;

/** The end of a drill on a group whose files nobody can read here: clients stop, everything is read back, and the histories are judged. */
export async function judgeClients(
  clients: LiveClients,
  platform: Platform,
  signal: AbortSignal,
  phase: (text: string) => void,
): Promise<Verdict[]> {
  clients.stopped = true;
  phase('letting clients end');
  const deadlineMs = performance.now() + CLIENTS_END_MS;
  while (!clients.idle && performance.now() < deadlineMs && !signal.aborted)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  if (signal.aborted) return [];
  if (!clients.idle) {
    clients.judge.broken('liveness', `clients do not end within ${CLIENTS_END_MS} ms`);
    return [];
  }
  phase('reading everything back');
  try {
    await drain(clients, platform, clients.topics);
    clients.history.drained = true;
  } catch (error) {
    clients.judge.broken('liveness', `what is stored cannot be read: ${(error as Error).message}`);
    return [];
  }
  phase('judging');
  return judgeHistory(clients.history);
}
