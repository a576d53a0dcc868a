import type { ReceivedMessage } from '../../src/client/received-message.ts';
import { damaged, messageValue } from '../invariant/message-body.ts';

/** What a consumer got, by the value that its body, its keys and its unique key all have to name; '' for what no client of the run sent, `damaged #17` for what is not as it was sent. */
export function receivedValue({ body, keys, messageId, tags, flag }: ReceivedMessage): string {
  const value = messageValue(body) ?? '';
  // Who sends without a client of ours (`DirectSender`) gives its messages no keys, but makes the value their unique key.
  const isNamed = keys.length === 0 ? messageId === value : keys.length === 1 && keys[0] === value;
  return value === '' || (isNamed && tags === undefined && flag === 0)
    ? value
    : damaged(value.replace(/^damaged /, ''));
}
