import type { Platform } from '../../src/platform/ports.ts';
import type { StoredQueues } from '../checker/consumption.ts';
import type { History } from '../checker/history.ts';
import { Findings, type Verdict } from '../checker/verdict.ts';
import type { Ask } from '../workload/ask.ts';
import { drain } from '../workload/drain.ts';
import type { ClientJudge } from '../workload/workload.ts';
import type { LiveClients } from './chaos/live-clients.ts';

/** What was stored when all was over. */
export interface ReadBack {
  readonly queues: StoredQueues;
  /** Where each message was found then, by its value: `topic/queue@offset`. What was read under way and is not there any more has no place. */
  readonly places: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Reads everything of the clients' topics, to be asked with `ask`. Rejects if that cannot be done. */
export async function readBack(clients: LiveClients, process: Platform, ask: Ask): Promise<ReadBack> {
  const places = new Map<string, Set<string>>();
  const { judge } = clients;
  const noting: ClientJudge = {
    // Members keep all that is sent in a run: what is not there counts as read by nobody, whatever was acknowledged.
    ledger: { at: () => undefined, lengthOf: () => 0 },
    acknowledged: (send) => judge.acknowledged(send),
    seen: (message) => {
      const known = places.get(message.value) ?? new Set();
      places.set(message.value, known.add(`${message.topic}/${message.queueId}@${message.queueOffset}`));
      judge.seen(message);
    },
    broken: (invariant, text) => judge.broken(invariant, text),
  };
  const reader = {
    ...clients,
    judge: noting,
    nowNs: () => clients.nowNs(),
    newProcess: () => clients.newProcess(),
    newValue: () => clients.newValue(),
  };
  const queues = await drain(reader, process, clients.topics, ask);
  return { queues, places };
}

/** `missing`: acknowledged, and not there in the end, whoever has read it before. `removed`: a queue does not begin with its first message. */
export type ReadBackAnomaly = 'missing' | 'removed';

/** Every acknowledged message can still be read when all is over: a live run is shorter than messages are kept. */
export function checkReadBack(history: History, { queues, places }: ReadBack): Verdict<ReadBackAnomaly> {
  const findings = new Findings<ReadBackAnomaly>();
  for (const [key, { start }] of queues) {
    if (start > 0) findings.add('removed', 0, `${key} begins at ${start}: what was before is gone`, { key, offset: 0 });
  }
  let examined = 0;
  for (const { op, outcome, key, value, result, returnNs = 0 } of history.operations()) {
    if (op !== 'append' || outcome !== 'ok') continue;
    examined++;
    if ((places.get(String(value))?.size ?? 0) > 0) continue;
    const place = { key, values: [String(value)], ...(typeof result === 'number' ? { offset: result } : {}) };
    findings.add('missing', returnNs, `${value} was acknowledged, and is not there in the end`, place);
  }
  return findings.verdict('read-back', examined);
}
