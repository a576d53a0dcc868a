import type { BrokerWatch } from './broker-watch.ts';
import type { SetMember } from './confirmed-by-set.ts';
import { ConfirmedHistory, type HistorySizes } from './confirmed-history.ts';
import type { LogFiles } from './log-files.ts';

/** Bytes of a log, and where it ends. */
interface Log {
  readonly name: string;
  readonly files: Pick<LogFiles, 'read'>;
  readonly end: number;
}

/** An unclean election. */
interface UncleanElection {
  readonly epoch: number;
  readonly elected: string;
  /** What the elected one has of what was confirmed, and so must not lose: so much of this history. */
  readonly keeps: number;
  readonly history: ConfirmedHistory;
  /** The set of before: who is master in an epoch of before still needs them. */
  readonly lastSet: readonly number[];
  /** Its master, or a later one, began, and so it is known what it gave up. */
  begun: boolean;
}

/** A place of a queue. */
export interface Place {
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
}

/**
 * What was confirmed. An unclean election may give up the end of it: exactly what the elected one has not, and what the master of before goes on to confirm behind its back. From then on there are
 * two histories with one beginning; brokers that hold more stay with the older one, and show it, until people empty them.
 */
export class ConfirmedHistories {
  readonly name = 'unclean-loss';
  readonly #sizes: HistorySizes;
  /** By epoch; the last one is in force. */
  readonly #all: ConfirmedHistory[];
  /** By epoch. */
  readonly #elections: UncleanElection[] = [];
  /** Which history each broker showed last. */
  readonly #shown = new Map<string, ConfirmedHistory>();
  /** What each broker had at its start of what was confirmed. */
  readonly #held = new Map<string, { readonly history: ConfirmedHistory; readonly to: number }>();
  #losesChanges = false;
  #firstPartingNs = Number.POSITIVE_INFINITY;

  constructor(sizes: HistorySizes) {
    this.#sizes = sizes;
    this.#all = [new ConfirmedHistory(0, sizes)];
  }

  get newest(): ConfirmedHistory {
    return this.#all.at(-1) as ConfirmedHistory;
  }

  get all(): readonly ConfirmedHistory[] {
    return this.#all;
  }

  /** Whether a change of topics, groups or offsets was given up. */
  get losesChanges(): boolean {
    return this.#losesChanges;
  }

  /** What members of a set must have: all that is confirmed, or, while an unclean election is not followed by a master, what its elected one has. */
  decided(setEpoch: number, members: readonly SetMember[]): string | undefined {
    const last = this.#elections.at(-1);
    const isOpen = last !== undefined && !last.begun;
    const { history, keeps } = isOpen ? last : { history: this.newest, keeps: this.newest.end };
    return history.bySet.decided(setEpoch, members, keeps);
  }

  /** When the first history parted from the one of before, ns; infinite: never. */
  get firstPartingNs(): number {
    return this.#firstPartingNs;
  }

  /** In which history a master of this epoch confirms. */
  of(epoch: number): ConfirmedHistory {
    return this.#all.findLast((history) => history.epoch <= epoch) as ConfirmedHistory;
  }

  /** The set in which the master of an epoch confirms, if that is not the one that is in force. */
  setOf(epoch: number): readonly number[] | undefined {
    return this.#elections.find((election) => election.epoch > epoch)?.lastSet;
  }

  /** The controllers agreed on a master that was not in sync; `elected` is undefined where nobody knows what it has. */
  electedUnclean(epoch: number, lastSet: readonly number[], elected: Log | undefined): void {
    const where = this.#sizes.syncFlush ? 'medium' : 'cache';
    const { history, common: keeps } =
      elected === undefined ? { history: this.newest, common: 0 } : this.#longest(elected, where);
    this.#elections.push({ epoch, elected: elected?.name ?? '', keeps, history, lastSet, begun: false });
  }

  /** It begins as the master of an epoch: the first one behind an unclean election says what is given up. It may have been replaced by then. */
  leads(broker: Log, epoch: number, nowNs: number): string | undefined {
    const election = this.#elections.findLast((one) => one.epoch <= epoch);
    if (election === undefined || election.begun) return undefined;
    election.begun = true;
    this.#firstPartingNs = Math.min(this.#firstPartingNs, nowNs);
    const { history, common } = this.#longest(broker, 'cache');
    this.#all.push(history.partedAt(common, election.epoch));
    this.#all.sort((a, b) => a.epoch - b.epoch);
    for (const given of this.#all) if (given !== this.newest) given.partsFrom(this.newest);
    this.#losesChanges ||= this.#all.some(({ givesUpChanges }) => givesUpChanges);
    return common < election.keeps
      ? `${broker.name} leads with ${common} bytes of what was confirmed, though ${election.elected} was elected with ${election.keeps}`
      : undefined;
  }

  /** More was confirmed in this history. */
  grew({ givesUpChanges }: ConfirmedHistory): void {
    this.#losesChanges ||= givesUpChanges;
  }

  /** The history of which this log holds most. */
  #longest(log: Log, where: 'cache' | 'medium'): { readonly history: ConfirmedHistory; readonly common: number } {
    let longest = { history: this.newest, common: this.newest.commonWith(log.files, log.end, where) };
    for (const history of this.#all.slice(0, -1).reverse()) {
      const common = history.commonWith(log.files, log.end, where);
      if (common > longest.common) longest = { history, common };
    }
    return longest;
  }

  // --- brokers -----------------------------------------------------------------------------------------------------

  /** A process opened the log. */
  opened(broker: Log): void {
    this.#shown.delete(broker.name);
    const { history, common } = this.#longest(broker, 'cache');
    this.#held.set(broker.name, { history, to: common });
  }

  /** Its log was cut at `end`: what consumers may have seen stays, given up or not, until people empty the broker (cluster/ha/README.md). */
  cut({ name }: { readonly name: string }, end: number): string | undefined {
    const held = this.#held.get(name);
    if (held === undefined || end >= held.to || held.to <= held.history.keptUntil) return undefined;
    return `${name} cuts its log at ${end}, though it had ${held.to} bytes of what was confirmed before an unclean election`;
  }

  /** In which history a broker confirms what stands before `to`: a slave may be the first that is seen to. */
  confirmedBy(broker: BrokerWatch, from: number, to: number): ConfirmedHistory {
    if (this.#all.length === 1) return this.newest;
    if (broker.ledEpoch > 0) return this.of(broker.ledEpoch);
    return this.shownBy(broker, from, to) ?? this.of(broker.parts.node.masterEpoch);
  }

  /** The history of which a broker's log is the beginning, up to `to`; undefined if it is that of none. */
  shownBy({ name, files }: Pick<Log, 'name' | 'files'>, from: number, to: number): ConfirmedHistory | undefined {
    const isOf = ({ end, bytes }: ConfirmedHistory, at: number): boolean =>
      end >= to && files.read(at, to, 'cache').equals(bytes.slice(at, to));
    const last = this.#shown.get(name) ?? (this.#all.length === 1 ? this.newest : undefined);
    if (last !== undefined && isOf(last, from)) return last;
    const found = this.#all.findLast((history) => isOf(history, this.#all.length === 1 ? from : 0));
    if (found !== undefined) this.#shown.set(name, found);
    return found;
  }

  /** The histories that a broker, which has applied all before `position`, holds so far, where the state is compared there; with the number of the record. */
  heldBy(
    { files }: Pick<Log, 'files'>,
    position: number,
  ): { readonly history: ConfirmedHistory; readonly index: number }[] {
    const isAlone = this.#all.length === 1;
    return this.#all.flatMap((history) => {
      const index = history.comparedAt(position);
      const holds = (): boolean => isAlone || files.read(0, position, 'cache').equals(history.bytes.slice(0, position));
      return index !== undefined && holds() ? [{ history, index }] : [];
    });
  }

  // --- clients -----------------------------------------------------------------------------------------------------

  /** Whether this value stood here once, and was given up. */
  isGivenUp(place: Place, value: string): boolean {
    const { topic, queueId, queueOffset } = place;
    if (this.newest.ledger.at(topic, queueId, queueOffset) === value) return false;
    return this.#all.some(({ ledger }) => ledger.at(topic, queueId, queueOffset) === value);
  }

  /** Whether something else stood here, that was given up: who had come further does not come back for what stands here now. */
  isPassedOver({ topic, queueId, queueOffset }: Place): boolean {
    const now = this.newest.ledger.at(topic, queueId, queueOffset);
    return this.#all.some(({ ledger }) => (ledger.at(topic, queueId, queueOffset) ?? now) !== now);
  }
}
