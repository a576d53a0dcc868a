import { expect } from 'vitest';
import { SendError } from '../../../src/client/errors.ts';
import { Producer } from '../../../src/client/producer/producer.ts';
import { ClientWorld } from '../client-world.ts';

/** A started producer beside one broker, and how its sends end; `failure` expects that one ends with a SendError. */
export async function producerWorld() {
  const cluster = await ClientWorld.create();
  const { world, nameServers } = cluster;
  const broker = await cluster.addBroker('b0');
  const producer = new Producer(world.start('client'), { nameServers, group: 'g' });
  await producer.start();
  const settle = <Result>(promise: Promise<Result>) => world.settle(promise);
  const failure = async (promise: Promise<unknown>): Promise<SendError> => {
    const error = await settle(promise.catch((reason: unknown) => reason));
    expect(error).toBeInstanceOf(SendError);
    return error as SendError;
  };
  return { producer, settle, failure, world, broker };
}
