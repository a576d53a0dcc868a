import { PullConsumer } from '../../src/client/consumer/pull-consumer.ts';
import type { SimProcess } from '../sim/sim-process.ts';
import { record } from './reader.ts';
import { NAME_SERVER, type Workload } from './workload.ts';

/** Reads all that is stored, from the first to the last message of each queue. Rejects if that cannot be done. */
export async function drain(workload: Workload, process: SimProcess): Promise<void> {
  const consumer = new PullConsumer(process, { nameServers: NAME_SERVER, group: 'drain' });
  await consumer.start();
  for (const topic of workload.topics) {
    for (const queue of await consumer.queues(topic)) {
      const key = `${topic}/${queue.queueId}`;
      const reader = workload.newProcess();
      const end = await consumer.maxOffset(queue);
      for (let offset = await consumer.minOffset(queue); offset < end; ) {
        const callNs = workload.nowNs();
        const { messages, nextOffset } = await consumer.pull(queue, offset);
        record(workload, reader, key, callNs, messages);
        if (nextOffset <= offset) throw new Error(`${key} ends at ${offset}, but its length is ${end}`);
        offset = nextOffset;
      }
    }
  }
  await consumer.close();
}
