import type { BrokerParts } from '../../../src/broker/parts.ts';
import * as real from '../../../src/broker/processor/get-min-offset.ts';
import type { RequestHandler } from '../../../src/remoting/request-context.ts';

export function getMinOffsetProcessor(parts: BrokerParts): RequestHandler {
  const store = Object.create(parts.store, {
    minOffset: { value: (topic: string, queueId: number) => parts.store.maxOffset(topic, queueId) },
  });
  return real.getMinOffsetProcessor({ ...parts, store });
}
