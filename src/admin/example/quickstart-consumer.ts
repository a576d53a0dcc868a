import type { ConsumeResult } from '../../client/consumer/consume-pool.ts';
import { PushConsumer } from '../../client/consumer/push-consumer.ts';
import type { ReceivedMessage } from '../../client/received-message.ts';
import { receivedText } from '../format/received-text.ts';
import type { Example } from './example.ts';
import { QUICKSTART_TOPIC } from './quickstart-producer.ts';

const GROUP = 'please_rename_unique_group_name_4';
/** Threads of RocketMQ's consumer: here only their names are left. */
const THREADS = 20;

/** org.apache.rocketmq.example.quickstart.Consumer: prints what it consumes until it is told to end. */
export const quickstartConsumer: Example = async ({ platform, nameServers, print, signal }) => {
  const consumer = new PushConsumer(platform, { nameServers, group: GROUP, consumeFrom: 'first' });
  let calls = 0;
  const { promise: greeted, resolve: greet } = deferred();
  consumer.subscribe(QUICKSTART_TOPIC, '*');
  const listener = async (messages: readonly ReceivedMessage[]): Promise<ConsumeResult> => {
    await greeted;
    const thread = `ConsumeMessageThread_${GROUP}_${(calls++ % THREADS) + 1}`;
    print(`${thread} Receive New Messages: [${messages.map(receivedText).join(', ')}] \n`);
    return 'success';
  };
  await consumer.start(listener);
  print('Consumer Started.\n');
  greet();
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await consumer.close();
  return 0;
};

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
