import { type Codec, membersOf, object, text, type ValueOf, whole, writeMembers } from '../body-codec.ts';
import { BodyError } from '../body-error.ts';
import { parseFastjson } from '../fastjson.ts';

/** One queue of one broker. */
export const messageQueue = object({ brokerName: text, queueId: whole, topic: text });

export type MessageQueue = ValueOf<typeof messageQueue>;

/** A table by queue. Written as fastjson does, with objects as keys, which is the only form that every tool reads. */
export function queueTable<T>(codec: Codec<T>): Codec<readonly (readonly [MessageQueue, T])[]> {
  return {
    read: (value, path) =>
      membersOf(value, path).map(([key, member]): [MessageQueue, T] => [
        readQueue(key, path),
        codec.read(member, `${path}.${key}`),
      ]),
    write: (value) => writeMembers(value.map(([queue, member]) => [messageQueue.write(queue), codec.write(member)])),
  };
}

function readQueue(key: string, path: string): MessageQueue {
  const value = parseFastjson(key);
  if (value instanceof BodyError) throw new BodyError(`${path}: the key ${key.slice(0, 40)} is not a queue`);
  return messageQueue.read(value, `${path} key`);
}
