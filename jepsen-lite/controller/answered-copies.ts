import { UNIT_BLANK } from '../../src/log/envelope.ts';
import { INTERNAL_TOPIC } from '../../src/store/internal-topic.ts';
import { NativeEnvelope } from '../../src/store/native-envelope.ts';
import type { AcknowledgedSend } from '../invariant/invariant.ts';
import type { CommittedRecord } from '../invariant/ledger.ts';
import { messageValue } from '../invariant/message-body.ts';
import type { SetMember } from './confirmed-by-set.ts';
import type { ConfirmedBytes } from './confirmed-bytes.ts';
import type { LogFiles } from './log-files.ts';

/** A record that a master may have acknowledged before the whole set had it. */
interface Answered {
  readonly record: CommittedRecord;
  /** Who was elected since, and did not have it. */
  lostBy: string | undefined;
}

export interface AnsweredCopiesOptions {
  readonly confirmed: ConfirmedBytes;
  /** Brokers of the sets that may be in force, the master among them, that have what is acknowledged [inSyncReplicas]. */
  readonly copies: number;
  readonly syncFlush: boolean;
  /** Length of the log's files. */
  readonly fileBytes: number;
}

/**
 * Without `allAckInSyncStateSet`: SEND_OK means that so many brokers have the message, at the very place that the answer names; and it may go only where somebody was elected who did not have it
 * (cluster/ha/README.md, "What Controller mode promises"). What is lost so is counted, and no broken promise.
 */
export class AnsweredCopies {
  readonly name = 'answered-copies';
  readonly #options: AnsweredCopiesOptions;
  readonly #envelope = new NativeEnvelope();
  /** By place and value. */
  readonly #answered = new Map<string, Answered>();
  readonly #acknowledged = new Set<string>();
  #losesChanges = false;

  constructor(options: AnsweredCopiesOptions) {
    this.#options = options;
  }

  /** The master `by` may acknowledge what stands in [from, to) from now on. `elected`: the master of a later epoch, if there is one. */
  grew(
    by: { readonly name: string; readonly files: LogFiles },
    from: number,
    to: number,
    members: readonly SetMember[],
    elected?: SetMember,
  ): string | undefined {
    const { copies, syncFlush } = this.#options;
    const where = syncFlush ? 'medium' : 'cache';
    const bytes = by.files.read(from, to, 'cache');
    const holders = members.filter(({ files, isHurt }) => isHurt || files.read(from, to, where).equals(bytes));
    for (const record of this.#recordsIn(bytes, from)) this.#answered.set(keyOf(record), { record, lostBy: undefined });
    if (elected !== undefined) this.elected(elected);
    return holders.length >= copies
      ? undefined
      : `${by.name} acknowledges [${from}, ${to}), which of the sets that may be in force only ${holders.map(({ name }) => name).join(' ') || 'nobody'} has, with inSyncReplicas=${copies}`;
  }

  *#recordsIn(bytes: Buffer, from: number): Generator<CommittedRecord> {
    const { fileBytes, confirmed } = this.#options;
    for (let at = 0; at < bytes.length; ) {
      const position = from + at;
      const fileEnd = position - (position % fileBytes) + fileBytes - from;
      const size = this.#envelope.next(bytes, at, Math.min(fileEnd, bytes.length));
      if (size !== UNIT_BLANK && size <= 0) throw new Error(`what is acknowledged at ${position} is no record`);
      if (size !== UNIT_BLANK) yield* confirmed.ledger.records(bytes, at, size, position);
      at = size === UNIT_BLANK ? fileEnd : at + size;
    }
  }

  /** The controllers agreed on a master: what it has not, and was not with the whole set, may go. */
  elected({ name, files }: Pick<SetMember, 'name' | 'files'>): void {
    for (const [key, answered] of this.#answered) {
      const { record } = answered;
      if (this.#isConfirmed(record)) {
        this.#answered.delete(key);
      } else if (!files.read(record.position, record.position + record.bytes.length, 'cache').equals(record.bytes)) {
        answered.lostBy ??= name;
        this.#losesChanges ||= record.topic === INTERNAL_TOPIC;
      }
    }
  }

  #isConfirmed({ position, bytes }: CommittedRecord): boolean {
    const { confirmed } = this.#options;
    const end = position + bytes.length;
    return end <= confirmed.end && confirmed.slice(position, end).equals(bytes);
  }

  acknowledged(send: AcknowledgedSend): string | undefined {
    const { topic, queueId, queueOffset, position, value } = send;
    const { ledger } = this.#options.confirmed;
    const key = placeOf(send, value);
    if (ledger.at(topic, queueId, queueOffset) === value && position < ledger.end) return undefined;
    if (this.#answered.get(key)?.record.position !== position)
      return `${value} was acknowledged at ${topic}/${queueId}@${queueOffset}, position ${position}, where no master had it with enough brokers`;
    this.#acknowledged.add(key);
    return undefined;
  }

  /** Whether a send with this value, acknowledged at this place, is gone as the configuration allows. */
  isLost(place: Omit<AcknowledgedSend, 'position' | 'value'>, value: string): boolean {
    const { ledger } = this.#options.confirmed;
    return (
      ledger.at(place.topic, place.queueId, place.queueOffset) !== value &&
      this.#acknowledged.has(placeOf(place, value))
    );
  }

  /** Whether a change of topics, groups or offsets may be gone, as the configuration allows: those, too, are answered when so many brokers have them. */
  get losesChanges(): boolean {
    return this.#losesChanges;
  }

  /** How many acknowledged messages are gone, as the configuration allows. */
  get lost(): number {
    return this.#gone().length;
  }

  #gone(): Answered[] {
    const answered = [...this.#acknowledged].map((key) => this.#answered.get(key));
    return answered.filter((one): one is Answered => one !== undefined && !this.#isConfirmed(one.record));
  }

  healed(): string | undefined {
    const wrong = this.#gone().find(({ lostBy }) => lostBy === undefined)?.record;
    return (
      wrong &&
      `${messageValue(wrong.body)} was acknowledged at ${wrong.topic}/${wrong.queueId}@${wrong.queueOffset}, position ${wrong.position}, and is gone, though everybody who was elected since had it`
    );
  }
}

function keyOf(record: CommittedRecord): string {
  const value = messageValue(record.body);
  return value === undefined ? `at ${record.position}` : placeOf(record, value);
}

function placeOf({ topic, queueId, queueOffset }: Omit<AcknowledgedSend, 'position' | 'value'>, value: string): string {
  return `${topic}/${queueId}@${queueOffset} ${value}`;
}
