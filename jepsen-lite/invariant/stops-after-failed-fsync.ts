import type { Message } from '../../raft/index.ts';
import type { Invariant } from './invariant.ts';
import type { NodeWatch } from './node-watch.ts';

/** A process whose fsync of log or hard state failed acknowledges nothing and votes for nobody any more (raft/SAFETY.md 3). */
export class StopsAfterFailedFsync implements Invariant {
  readonly name = 'stops-after-failed-fsync';

  sent({ name, machine }: NodeWatch, message: Message): string | undefined {
    if (!machine.syncFailed) return undefined;
    const promises = message.type === 'append-reply' ? !message.rejected : 'granted' in message && message.granted;
    return promises
      ? `${name} sends ${message.to} a message of type ${message.type} after an fsync that failed`
      : undefined;
  }
}
