import { INTERNAL_TOPIC } from '../../src/store/internal-topic.ts';
import { DelaysInTime } from '../invariant/delays-in-time.ts';
import type { CommittedEntry, Ledger } from '../invariant/ledger.ts';
import { QueueOffsetsInOrder } from '../invariant/queue-offsets.ts';
import { SameState } from '../invariant/same-state.ts';
import { StoreTimeRises } from '../invariant/store-time-rises.ts';
import { ConfirmedBySet } from './confirmed-by-set.ts';
import { ConfirmedBytes } from './confirmed-bytes.ts';
import type { LogFiles } from './log-files.ts';

/** The state is compared at every so many records, and in the end. */
const COMPARE_EVERY = 16;

/** Hears what an invariant says; undefined: nothing is wrong. */
export type Hold = (invariant: string, text: string | undefined) => void;

export interface HistorySizes {
  /** Length of the log's files. */
  readonly fileBytes: number;
  readonly syncFlush: boolean;
}

/**
 * One course that the log took, with what is held against each record as it is confirmed. There is one of them, but where an unclean election put somebody in charge who lacked
 * some of it: then another one goes on from where that broker's log ended (`confirmed-histories`).
 */
export class ConfirmedHistory {
  /** Whose masters confirm in it: of this epoch and later, up to that of the next history. */
  readonly epoch: number;
  readonly bytes: ConfirmedBytes;
  readonly bySet: ConfirmedBySet;
  readonly delays = new DelaysInTime({ mayRepeat: true });
  readonly queueOffsets = new QueueOffsetsInOrder();
  readonly sameState = new SameState();
  readonly #sizes: HistorySizes;
  readonly #storeTime = new StoreTimeRises();
  /** Numbers of records by where they end, for those at which the state is compared. */
  readonly #compared = new Map<number, number>();
  /** Up to where the history in force is this one; infinite: it is itself. */
  #keptUntil = Number.POSITIVE_INFINITY;
  /** Behind the last change of topics, groups or offsets. */
  #changesEnd = 0;

  constructor(epoch: number, sizes: HistorySizes) {
    this.epoch = epoch;
    this.#sizes = sizes;
    this.bytes = new ConfirmedBytes(sizes.fileBytes);
    this.bySet = new ConfirmedBySet(this.bytes, sizes.syncFlush);
  }

  get ledger(): Ledger {
    return this.bytes.ledger;
  }

  get end(): number {
    return this.bytes.end;
  }

  /** What follows was confirmed by the master of `epoch`; each record goes to `visit`. */
  add(by: { readonly name: string }, more: Buffer, epoch: number, hold: Hold, visit: (entry: CommittedEntry) => void) {
    const invariants = [this.queueOffsets, this.#storeTime, this.delays];
    const problem = this.bytes.add(more, epoch, (entry) => {
      for (const each of invariants) hold(each.name, each.firstCommitted(by, entry));
      if (entry.index % COMPARE_EVERY === 0) this.#compared.set(entry.end, entry.index);
      if (entry.records.some(({ topic }) => topic === INTERNAL_TOPIC)) this.#changesEnd = entry.end;
      visit(entry);
    });
    hold('confirmed-prefix', problem);
  }

  /** The number of the record that ends here, if the state is compared at it. */
  comparedAt(position: number): number | undefined {
    return this.#compared.get(position);
  }

  /** The history that goes on from a place of this one, for masters from `epoch` on. */
  partedAt(position: number, epoch: number): ConfirmedHistory {
    const next = new ConfirmedHistory(epoch, this.#sizes);
    const nothing = (): void => {};
    // All of it was judged when it was confirmed.
    next.add({ name: '' }, this.bytes.slice(0, position), 0, nothing, nothing);
    return next;
  }

  /** Another history is in force: what is not in that one is given up. */
  partsFrom({ bytes, end }: ConfirmedHistory): void {
    this.#keptUntil = this.commonWith({ read: (from, to) => bytes.slice(from, to) }, end);
  }

  get keptUntil(): number {
    return this.#keptUntil;
  }

  /** Whether a change of topics, groups or offsets is given up. */
  get givesUpChanges(): boolean {
    return this.#changesEnd > this.#keptUntil;
  }

  /** Up to where these bytes, which begin at `begin` and end at `end`, are those of this history: the end of a record, or of all that is confirmed. */
  commonWith(files: Pick<LogFiles, 'read'>, end: number, where: 'cache' | 'medium' = 'cache', begin = 0): number {
    const to = Math.max(begin, Math.min(end, this.end));
    const [own, other] = [this.bytes.slice(begin, to), files.read(begin, to, where)];
    const at = own.equals(other) ? to : begin + own.findIndex((byte, index) => byte !== other[index]);
    return at === this.end ? at : (this.ledger.ends[this.bytes.recordsBefore(at)] as number);
  }
}
