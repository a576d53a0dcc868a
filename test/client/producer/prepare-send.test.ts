import { describe, expect, it } from 'vitest';
import { producerWorld } from './producer-world.ts';

describe('a message that cannot be sent', () => {
  it.each([
    [undefined, 'the message is undefined; it must be an object with a topic and a body.'],
    [{ topic: 'T' }, 'the message has no body; give a text or a Uint8Array.'],
    [{ topic: 'T', body: 5 }, 'the body is of type number; it must be a text or a Uint8Array.'],
    [{ body: 'x' }, /^topic is undefined; it must consist of/],
    [{ topic: 'T', body: 'x', tags: 5 }, 'TAGS is of type number; it must be a text.'],
    [{ topic: 'T', body: 'x', keys: 5 }, 'KEYS is of type number; it must be a text.'],
    [{ topic: 'T', body: 'x', properties: { p: undefined } }, 'p is of type undefined; it must be a text.'],
  ])('refuses %j, which is no message, in every way of sending', async (given, expected) => {
    const { producer, failure, settle, broker } = await producerWorld();
    const message = given as never;
    for (const sending of [producer.send(message), producer.sendBatch([message])]) {
      const error = await failure(sending);
      expect(error.message).toMatch(expected);
      expect(error).toMatchObject({ code: 'invalid-argument', outcome: 'not-stored' });
    }
    const oneway = producer.sendOneway(message).catch((error: unknown) => error);
    expect(await settle(oneway)).toMatchObject({ name: 'ClientError', code: 'invalid-argument' });
    expect(broker.sends).toBe(0);
  });

  it('refuses a batch without a message', async () => {
    const { producer, failure } = await producerWorld();
    for (const batch of [[], undefined as never]) {
      expect((await failure(producer.sendBatch(batch))).message).toContain('at least one message');
    }
  });
});
