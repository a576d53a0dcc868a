/** An offset that a member was told without being asked for an answer. */
export interface OnewayOffset {
  readonly address: string;
  readonly consumerGroup: string;
  readonly topic: string;
  readonly queueId: number;
  readonly commitOffset: number;
}

/** An offset that a client reports without waiting, by itself or with a pull, is in the log within `offsetBatchMs` of its arrival, whichever member it was told to (README.md, promise 9): where nothing fails none is lost. */
export class OnewayKept {
  readonly name = 'oneway-kept';

  /** `read`: what the group's offset is after that time; undefined: it has none. */
  read(
    { address, consumerGroup, topic, queueId, commitOffset }: OnewayOffset,
    read: number | undefined,
  ): string | undefined {
    if (read === commitOffset) return undefined;
    return `${address} was told ${commitOffset} as the offset of ${consumerGroup} in ${topic}/${queueId}, oneway, while nothing failed; it is ${read ?? 'none'}`;
  }
}
