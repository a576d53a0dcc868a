import type { Platform } from '../../../src/platform/ports.ts';
import { judgeRun } from '../../checker/judge-run.ts';
import type { Verdict } from '../../checker/verdict.ts';
import { Liveness } from '../../invariant/liveness.ts';
import { askAgain } from '../../live/ask-again.ts';
import type { LiveClients } from '../../live/chaos/live-clients.ts';
import { checkReadBack, type ReadBack, readBack } from '../../live/read-back.ts';
import { waitUntil } from '../../live/wait-until.ts';

/** Clients end what they are at. */
const CLIENTS_END_MS = 30_000;
/** Consumers come to the ends of their queues. */
const CONSUME_MS = 60_000;
/** So long a request while all is read back is repeated. */
const ASK_MS = 30_000;

/** The end of a drill on a group whose files nobody can read here: clients stop, everything is read back, and the histories are judged. */
export async function judgeClients(
  clients: LiveClients,
  platform: Platform,
  signal: AbortSignal,
  phase: (text: string) => void,
): Promise<Verdict[]> {
  const { history, judge, counts, consumption, consumerGroup, hasRegisters } = clients;
  const until = (timeoutMs: number, condition: () => boolean): Promise<boolean> =>
    waitUntil(platform, { timeoutMs, signal }, condition);
  const liveness = new Liveness({
    until,
    broken: (invariant, text) => {
      if (!signal.aborted) judge.broken(invariant, text);
    },
    describe: () =>
      `${counts.acknowledged} operations acknowledged, ${counts.refused} refused, ${counts.unknown} unknown`,
  });
  clients.stopped = true;
  phase('letting clients end');
  if (!(await liveness.within(CLIENTS_END_MS, `clients do not end within ${CLIENTS_END_MS} ms`, () => clients.idle)))
    return [];
  phase('reading everything back');
  let stored: ReadBack;
  try {
    stored = await readBack(clients, platform, askAgain(platform, ASK_MS, signal));
    history.drained = true;
    clients.stored = stored;
  } catch (error) {
    liveness.fails(`what is stored cannot be read: ${(error as Error).message}`);
    return [];
  }
  phase('letting consumers end');
  // Who does not come to the end is told by its checker, which knows what is missing.
  await until(CONSUME_MS, () => consumption.reached(stored.queues));
  clients.consumersStopped = true;
  const late = `consumers do not end within ${CLIENTS_END_MS} ms`;
  if (!(await liveness.within(CLIENTS_END_MS, late, () => clients.consumersIdle))) return [];
  phase('judging');
  const consumed = { group: consumerGroup, queues: stored.queues };
  const verdicts = judgeRun({ history, consumed, hasRegisters, replicas: undefined, availability: undefined });
  return [...verdicts, checkReadBack(history, stored)];
}
