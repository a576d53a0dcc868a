import type { ReplicaWorld } from './replica-world.ts';

export const TOPIC = 'Orders';

/** Sends one after another; bodies of those that were acknowledged. */
export async function send(world: ReplicaWorld, count: number, prefix: string, bytes = 1): Promise<string[]> {
  const producer = await world.producer(`p-${prefix}`);
  const acknowledged: string[] = [];
  for (let n = 0; n < count; n++) {
    const body = `${prefix}${n}`.padEnd(bytes);
    const { status } = await world.world.settle(producer.send({ topic: TOPIC, body }, { timeoutMs: 10_000 }));
    if (status === 'SEND_OK') acknowledged.push(body);
  }
  await world.world.settle(producer.close());
  return acknowledged;
}

/** Appends to one broker's log alone, without a client: what a master wrote that reached nobody. */
export function appendAlone(world: ReplicaWorld, name: 'b1' | 'b2' | 'b3', count: number): void {
  const { store } = world.broker(name).parts;
  for (let n = 0; n < count; n++) {
    const refusal = store.put(lonely(`alone${n}`), { ticket: 0, putFinished: () => {} });
    if (refusal !== undefined) throw new Error(refusal.text);
  }
}

function lonely(body: string) {
  return {
    ...{
      topic: TOPIC,
      queueId: 0,
      flag: 0,
      sysFlag: 0,
      bornTimestamp: 1,
      bornHost: Buffer.alloc(8),
      reconsumeTimes: 0,
    },
    ...{ preparedTransactionOffset: 0, properties: '', body: Buffer.from(body.padEnd(300)) },
    ...{ position: 0, queueOffset: 0, storeTimestamp: 0, recordSize: 0 },
  };
}
