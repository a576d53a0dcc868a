import type { Message } from '../../raft/index.ts';
import type { Invariant } from './invariant.ts';
import type { NodeWatch } from './node-watch.ts';

/** A member whose disk was set back is refused by those who know that it has been further: nobody listens to it or counts it (raft/SAFETY.md 1). */
export class OldDiskRefused implements Invariant {
  readonly name = 'old-disk-refused';

  sent({ name, machine }: NodeWatch, message: Message): string | undefined {
    if (!machine.setBack) return undefined;
    const counted = message.type === 'append-reply' ? !message.rejected : 'granted' in message && message.granted;
    return counted
      ? `${name} sends ${message.to} a message of type ${message.type}, though its disk was set back`
      : undefined;
  }
}
