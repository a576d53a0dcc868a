import { INTERNAL_TOPIC } from '../../store/internal-topic.ts';
import type { MessageStore } from '../../store/message-store.ts';
import type { PendingPut, PutMessage, PutOutcome, PutRefusal } from '../../store/put-message.ts';
import type { BrokerState } from './broker-state.ts';
import type { JournalDone, StateJournal } from './journal.ts';
import type { StateChange } from './state-change.ts';
import { encodeStateChange, RECORD_VERSION } from './state-record.ts';

/** What an internal record says of its sender. */
export interface RecordOrigin {
  /** Address bytes and port of this broker, as in stored records. */
  readonly host: Uint8Array;
  nowMs(): number;
}

/**
 * The journal of a replicated broker: changes are internal records in the commit log (raft/FORMATS.md 6), committed like messages and
 * applied on every node by the store's dispatch, this one included.
 */
export class LogJournal implements StateJournal {
  readonly #store: MessageStore;
  readonly #state: BrokerState;
  readonly #origin: RecordOrigin;

  constructor(store: MessageStore, state: BrokerState, origin: RecordOrigin) {
    this.#store = store;
    this.#state = state;
    this.#origin = origin;
  }

  append(changes: readonly StateChange[], done?: JournalDone): PutRefusal | undefined {
    return this.appendWith([], changes, done === undefined ? IGNORE : new PendingChange(done));
  }

  appendWith(
    messages: readonly PutMessage[],
    changes: readonly StateChange[],
    pending: PendingPut,
  ): PutRefusal | undefined {
    const records = changes.map((change) => internalRecord(change, this.#origin));
    const refusal = this.#store.putUnit([...messages, ...records], pending);
    if (refusal === undefined) for (const change of changes) this.#state.stage(change);
    return refusal;
  }
}

/** Shared by appends that nobody waits for. */
const IGNORE: PendingPut = { ticket: 0, putFinished: () => {} };

class PendingChange implements PendingPut {
  ticket = 0;
  readonly #done: JournalDone;

  constructor(done: JournalDone) {
    this.#done = done;
  }

  putFinished(outcome: PutOutcome): void {
    this.#done(outcome === 'stored' ? 'committed' : 'unknown');
  }
}

function internalRecord(change: StateChange, origin: RecordOrigin): PutMessage {
  return {
    topic: INTERNAL_TOPIC,
    queueId: 0,
    flag: 0,
    sysFlag: 0,
    bornTimestamp: origin.nowMs(),
    bornHost: origin.host,
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    properties: `LMQT\u0001${change.type}\u0002LMQV\u0001${RECORD_VERSION}\u0002`,
    body: encodeStateChange(change),
    position: 0,
    queueOffset: 0,
    storeTimestamp: 0,
    recordSize: 0,
  };
}
