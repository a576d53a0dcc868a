/** A message that was answered with SEND_OK, and where the answer said that it stands. */
export interface Acknowledged {
  /** Different for each message. */
  readonly body: string;
  /** UNIQ_KEY. */
  readonly messageId: string;
  readonly queueId: number;
  readonly queueOffset: number;
}

/** A message as it was read back; those of a queue in the order of their offsets. */
export type Stored = Acknowledged;

export interface AuditResult {
  readonly acknowledged: number;
  readonly stored: number;
  /** Copies beyond the first of a message, all with its UNIQ_KEY: a repeated attempt of a client whose first one was stored too. */
  readonly repeated: number;
  /** One sentence for each breach of a promise; empty if all were kept. */
  readonly breaches: readonly string[];
}

/** So many breaches of a kind are worded; the others are counted. */
const WORDED = 5;

/**
 * Compares what was acknowledged with what is stored in a topic that nobody else writes to: each acknowledged message stands at its place, no message
 * is there twice under two keys, and the offsets of each queue follow one another from 0 on.
 */
export function audit(acknowledged: readonly Acknowledged[], stored: readonly Stored[]): AuditResult {
  const places = new Map(stored.map((each) => [placeOf(each), each]));
  const lost = acknowledged.flatMap((each) => lossOf(each, places.get(placeOf(each))));
  const keys = new Map<string, string>();
  const doubled: string[] = [];
  let repeated = 0;
  for (const { body, messageId } of stored) {
    const first = keys.get(body);
    if (first === undefined) keys.set(body, messageId);
    else if (first === messageId) repeated++;
    else doubled.push(`${body} is stored under two keys, ${first} and ${messageId}`);
  }
  const breaches = [...worded(lost), ...worded(doubled), ...worded(gapsOf(stored))];
  return { acknowledged: acknowledged.length, stored: stored.length, repeated, breaches };
}

function placeOf({ queueId, queueOffset }: Acknowledged): string {
  return `${queueId}/${queueOffset}`;
}

function lossOf(wanted: Acknowledged, found: Stored | undefined): string[] {
  if (found !== undefined && found.body === wanted.body && found.messageId === wanted.messageId) return [];
  const there = found === undefined ? 'nothing' : `${found.body} (${found.messageId})`;
  return [`${wanted.body} (${wanted.messageId}) was acknowledged at ${placeOf(wanted)}, where ${there} stands`];
}

function gapsOf(stored: readonly Stored[]): string[] {
  const next = new Map<number, number>();
  const gaps: string[] = [];
  for (const { queueId, queueOffset } of stored) {
    const expected = next.get(queueId) ?? 0;
    if (queueOffset !== expected)
      gaps.push(`queue ${queueId} goes on with offset ${queueOffset} instead of ${expected}`);
    next.set(queueId, queueOffset + 1);
  }
  return gaps;
}

function worded(sentences: readonly string[]): string[] {
  const more = sentences.length - WORDED;
  return more <= 0 ? [...sentences] : [...sentences.slice(0, WORDED), `and ${more} more like that`];
}
