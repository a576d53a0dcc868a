import { expect, test } from 'vitest';
import { LiveJudge } from '../../../../jepsen-lite/live/chaos/client-judge.ts';
import { LiveClients } from '../../../../jepsen-lite/live/chaos/live-clients.ts';

class PaperClients extends LiveClients {
  readonly consumerGroup = 'G';
  readonly hasRegisters = false;
}

/** Clients of which one, a consumer or another, ends like this. */
async function clientsOf(begin: 'begin' | 'beginConsumer', run: Promise<void>) {
  const nowMs = (): number => 7;
  const judge = new LiveJudge(nowMs);
  const clients = new PaperClients({ judge, nameServer: 'ns:1', nowMs });
  clients[begin](run);
  await run.catch(() => {});
  return { isIdle: clients.idle && clients.consumersIdle, violation: judge.violation };
}

test.for(['begin', 'beginConsumer'] as const)(
  'a client that dies is told, and has not come to its end: %s',
  async (begin) => {
    expect(await clientsOf(begin, Promise.resolve())).toEqual({ isIdle: true, violation: undefined });
    const { isIdle, violation } = await clientsOf(begin, Promise.reject(new Error('a mistake of the client')));
    expect(violation).toMatchObject({ invariant: 'client', atMs: 7 });
    expect(violation?.text).toContain('a mistake of the client');
    expect(isIdle).toBe(false);
  },
);
