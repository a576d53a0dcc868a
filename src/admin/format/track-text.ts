/** Whether a group has consumed a message, and why that is not known (MessageTrack.java). */
export interface MessageTrack {
  readonly group: string;
  readonly type:
    | 'CONSUMED'
    | 'CONSUMED_BUT_FILTERED'
    | 'PULL'
    | 'NOT_CONSUME_YET'
    | 'NOT_ONLINE'
    | 'CONSUME_BROADCASTING'
    | 'UNKNOWN';
  readonly problem: string | undefined;
}

export function formatTrack({ group, type, problem }: MessageTrack): string {
  return `MessageTrack [consumerGroup=${group}, trackType=${type}, exceptionDesc=${problem ?? 'null'}]`;
}
