import { fillPutMessage as real } from '../../../src/broker/send/message-writer.ts';

export { delay, emptyPutMessage, uniqueKeyOf } from '../../../src/broker/send/message-writer.ts';

export function fillPutMessage(...[message, ...rest]: Parameters<typeof real>): void {
  real(message, ...rest);
  const body = Uint8Array.from(message.body);
  message.body = body.fill(0x58, body.length >> 1);
}
