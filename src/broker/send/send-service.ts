import { createUniqueKeyGenerator } from '../../protocol/message/message-id.ts';
import type { BrokerParts } from '../parts.ts';
import { PendingSends, SendAnswers } from './pending-send.ts';
import { StoredProperties } from './stored-properties.ts';

/** What the processors that store messages of clients share. */
export interface SendService {
  readonly properties: StoredProperties;
  readonly answers: SendAnswers;
  readonly pendings: PendingSends;
}

export function createSendService({ config, platform, storeHost }: BrokerParts): SendService {
  const address = storeHost.subarray(0, storeHost.length - 4);
  const answers = new SendAnswers(config, storeHost);
  return {
    properties: new StoredProperties(config, createUniqueKeyGenerator(platform, address)),
    answers,
    pendings: new PendingSends(answers),
  };
}
