import { RaftNode as Real } from '../../../raft/core/node.ts';
import type { Message } from '../../../raft/core/types.ts';

export type { CoreConfig, CoreStart, Refusal } from '../../../raft/core/node.ts';

/** Takes every acknowledgement for one of now. */
export class RaftNode extends Real {
  override step(message: Message): void {
    if (message.type !== 'append-reply' || message.rejected || message.term > this.term) super.step(message);
    else super.step({ ...message, term: this.term, sequence: Number.MAX_SAFE_INTEGER });
  }
}
