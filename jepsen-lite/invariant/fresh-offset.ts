/** A consumer offset that one client alone writes. */
export interface OwnOffset {
  readonly group: string;
  readonly topic: string;
  readonly queueId: number;
  /** What was stored last, and answered with success. */
  readonly stored: number;
}

/** Whoever asks any member for a consumer offset is told what was answered with success last, or nothing at all: a stale one, or "there is none", would send a consumer elsewhere (raft/SAFETY.md 5 and 6; thesis, section 6.4). */
export class FreshOffset {
  readonly name = 'fresh-offset';

  /** `address` told `answer`. */
  read({ group, topic, queueId, stored }: OwnOffset, answer: number | 'none', address: string): string | undefined {
    if (answer === stored) return undefined;
    return `the offset of ${group} in ${topic}/${queueId} was stored as ${stored} and read as ${answer} from ${address}`;
  }
}
