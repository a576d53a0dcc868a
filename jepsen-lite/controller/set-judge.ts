import type { BrokerSet } from '../../cluster/controller/state/broker-set.ts';
import type { Command } from '../../cluster/controller/state/command.ts';
import type { History } from '../checker/history.ts';
import { restateHistory } from '../checker/restate-history.ts';
import { AcknowledgedKept } from '../invariant/acknowledged-kept.ts';
import { CommittedSeen } from '../invariant/committed-seen.ts';
import type { DelaysInTime } from '../invariant/delays-in-time.ts';
import type { AcknowledgedSend, SeenMessage, Violation } from '../invariant/invariant.ts';
import type { Judge, Moment } from '../invariant/judge.ts';
import type { CommittedEntry, Ledger } from '../invariant/ledger.ts';
import { messageValue } from '../invariant/message-body.ts';
import type { MetadataKept } from '../invariant/metadata-kept.ts';
import type { SceneJudge } from '../sim/scene.ts';
import type { LogLine } from '../sim/sim-logger.ts';
import { AnsweredCopies } from './answered-copies.ts';
import type { BrokerEvents, BrokerWatch } from './broker-watch.ts';
import type { SetMember } from './confirmed-by-set.ts';
import type { ConfirmedBytes } from './confirmed-bytes.ts';
import { ConfirmedHistories, type Place } from './confirmed-histories.ts';
import type { ConfirmedHistory, Hold } from './confirmed-history.ts';
import { ConfirmedPrefix } from './confirmed-prefix.ts';
import { OneMaster } from './one-master.ts';
import { RemovedWhenDue } from './removed-when-due.ts';
import { type LossAllowed, UncleanElections } from './unclean-elections.ts';

/** What clients look after themselves: changes of offsets that were answered. */
const OF_CHANGES: ReadonlySet<string> = new Set(['fresh-offset', 'oneway-kept']);
/** The same behind an unclean election: a queue that is shorter than before sends its readers back. What is told in the end, when all is at rest, is kept. */
const OF_LENGTHS = 'no-false-correction';
const OF_OFFSETS = 'fresh-offset';

export interface SetJudgeOptions {
  readonly nowMs: () => number;
  readonly metadata: MetadataKept;
  readonly syncFlush: boolean;
  /** Length of the log's files. */
  readonly fileBytes: number;
  /** Brokers that have what is acknowledged [inSyncReplicas]; undefined: the whole set [allAckInSyncStateSet]. */
  readonly copies: number | undefined;
  /** Messages are kept for so long [fileReservedTime]. */
  readonly reservedMs: number;
  /** Wall clock of a broker's machine. */
  readonly wallMs: (broker: string) => number;
  /** By whose leave somebody may be elected who is not in sync; undefined: nobody may. */
  readonly lossAllowed: LossAllowed | undefined;
  /** Judges the controllers' own group. */
  readonly controllers: Judge;
  /** The machines that hold these ids now. */
  readonly membersOf: (ids: readonly number[]) => readonly SetMember[];
  /** The broker with this id has an older state of its disk, and was not in the set since. */
  readonly isSetBack: (id: number) => boolean;
  readonly note: (server: string, what: string, a: number, b: number) => void;
  readonly moment: (server: string, moment: Moment) => void;
}

/** Holds the promises of Controller mode against everything that brokers, controllers and clients see; remembers the first that broke. */
export class SetJudge implements SceneJudge, BrokerEvents {
  readonly #options: SetJudgeOptions;
  readonly #histories: ConfirmedHistories;
  readonly #unclean: UncleanElections;
  readonly #removedWhenDue: RemovedWhenDue;
  readonly #prefix: ConfirmedPrefix;
  readonly #oneMaster = new OneMaster();
  /** What was acknowledged, where an unclean election may give it up. */
  readonly #acknowledged: AcknowledgedSend[] = [];
  /** Judges acknowledgements in the place of that where the whole set need not have them. */
  readonly #copies: AnsweredCopies | undefined;
  /** When each message was confirmed, ns, by its value. */
  readonly #confirmedNs = new Map<string, number>();
  readonly brokers: BrokerWatch[] = [];
  /** What the controllers agreed on last. */
  brokerSet: BrokerSet | undefined;
  #violation: Violation | undefined;

  constructor(options: SetJudgeOptions) {
    this.#options = options;
    const { copies, syncFlush, fileBytes, lossAllowed } = options;
    this.#histories = new ConfirmedHistories({ syncFlush, fileBytes });
    this.#unclean = new UncleanElections(lossAllowed);
    this.#prefix = new ConfirmedPrefix(this.#histories);
    const confirmed = this.#histories.newest.bytes;
    this.#removedWhenDue = new RemovedWhenDue(confirmed, options.reservedMs);
    if (copies !== undefined) this.#copies = new AnsweredCopies({ confirmed, copies, syncFlush, fileBytes });
  }

  get ledger(): Ledger {
    return this.#histories.newest.ledger;
  }

  /** What is confirmed, byte for byte. */
  get bytes(): ConfirmedBytes {
    return this.#histories.newest.bytes;
  }

  /** Up to where a broker's log is what is confirmed. */
  commonEnd({ files, begin, end }: BrokerWatch): number {
    return this.#histories.newest.commonWith(files, end, 'cache', begin);
  }

  get delays(): DelaysInTime {
    return this.#histories.newest.delays;
  }

  get violation(): Violation | undefined {
    return this.#violation ?? this.#options.controllers.violation;
  }

  // --- controllers -------------------------------------------------------------------------------------------------

  /** The controllers agreed on this; `name` was the first of them to know. */
  decided(name: string, set: BrokerSet, command: Command): void {
    const before = this.brokerSet;
    if (UncleanElections.isUnclean(set, before)) this.#electedUnclean(set, before, command);
    this.brokerSet = set;
    const { note, moment, membersOf } = this.#options;
    if (set.masterEpoch !== before?.masterEpoch) {
      const [master] = set.masterId === undefined ? [] : membersOf([set.masterId]);
      note(master?.name ?? '', 'elected', set.masterEpoch, set.masterId ?? 0);
      this.#hold(this.#oneMaster.name, this.#oneMaster.decided(set, master?.name));
      if (master !== undefined) this.#copies?.elected(master);
    }
    this.#judgeOldDisks(set, before);
    if (set.syncStateSetEpoch === before?.syncStateSetEpoch) return;
    note(name, 'in sync', set.syncStateSetEpoch, Number(set.syncStateSet.join('')));
    this.#holdSet(set.syncStateSetEpoch, membersOf(set.syncStateSet));
    moment(name, 'decided');
  }

  #electedUnclean(set: BrokerSet, before: BrokerSet | undefined, command: Command): void {
    this.#hold(this.#unclean.name, this.#unclean.decided(command, set, before));
    const [member] = set.masterId === undefined ? [] : this.#options.membersOf([set.masterId]);
    const elected = this.brokers.find(({ name }) => name === member?.name && !member.isHurt);
    this.#options.note(member?.name ?? '', 'elected unclean', set.masterEpoch, elected?.end ?? 0);
    this.#histories.electedUnclean(set.masterEpoch, before?.syncStateSet ?? [], elected);
  }

  #holdSet(setEpoch: number, members: readonly SetMember[]): void {
    this.#hold('confirmed-by-set', this.#histories.decided(setEpoch, members));
  }

  /** A process wrote this line. */
  heard(line: LogLine): void {
    this.#unclean.heard(line);
  }

  /** Who registers with an older state of its disk, and stays in the set, has to have everything by chance. */
  #judgeOldDisks(set: BrokerSet, before: BrokerSet | undefined): void {
    const startOf = (of: BrokerSet | undefined, id: number) => of?.replicas.get(id)?.starts.at(-1);
    const { isSetBack, membersOf } = this.#options;
    const registered = set.syncStateSet.filter((id) => isSetBack(id) && startOf(set, id) !== startOf(before, id));
    const members = membersOf(registered).map((member) => ({ ...member, isHurt: false }));
    this.#holdSet(set.syncStateSetEpoch, members);
  }

  // --- brokers -----------------------------------------------------------------------------------------------------

  opened(broker: BrokerWatch): void {
    if (this.#options.lossAllowed !== undefined) this.#histories.opened(broker);
  }

  leads(broker: BrokerWatch, epoch: number): void {
    this.#options.note(broker.name, 'leads', epoch, broker.end);
    this.#hold(this.#oneMaster.name, this.#oneMaster.leads(broker, epoch));
    this.#hold(this.#histories.name, this.#histories.leads(broker, epoch, this.#options.nowMs() * 1e6));
    this.#options.moment(broker.name, 'leads');
  }

  follows({ name, end }: BrokerWatch, epoch: number): void {
    this.#options.note(name, 'follows', epoch, end);
  }

  serves(broker: BrokerWatch, epoch: number): void {
    this.#options.note(broker.name, 'serves', epoch, broker.shown);
    if (!this.losesChanges) this.#hold(this.#options.metadata.name, this.#options.metadata.serves(broker));
  }

  removed(broker: BrokerWatch, began: boolean): void {
    const { name, begin } = broker;
    const invariant = this.#removedWhenDue;
    this.#options.note(name, began ? 'begins' : 'removed', begin, broker.end);
    const text = began ? invariant.began(broker) : invariant.removed(broker, this.#options.wallMs(name));
    this.#hold(invariant.name, text);
    const { bytes, ledger } = this.#histories.newest;
    ledger.removedBefore(bytes.recordsBefore(begin) + 1, Math.round(this.#options.nowMs() * 1e6));
  }

  appended({ name }: BrokerWatch): void {
    this.#options.moment(name, 'append');
  }

  cut(broker: BrokerWatch, end: number): void {
    this.#options.note(broker.name, 'cuts', end, broker.shown);
    this.#hold(this.#prefix.name, this.#prefix.cut(broker, end));
    this.#hold(this.#histories.name, this.#histories.cut(broker, end));
    this.#options.moment(broker.name, 'cut');
  }

  confirmed(broker: BrokerWatch, from: number, to: number): void {
    const history = this.#histories.confirmedBy(broker, from, to);
    if (to > history.end) this.#grow(history, broker, to);
    this.#hold(this.#prefix.name, this.#prefix.shows(broker, from, to));
  }

  answered(broker: BrokerWatch, from: number, to: number): void {
    const copies = this.#copies;
    if (copies === undefined) return;
    const { brokerSet } = this;
    const { membersOf } = this.#options;
    const sets = [brokerSet?.syncStateSet ?? [], ...(broker.parts.node.setsInForce?.candidates ?? [])];
    const isReplaced = brokerSet?.masterId !== undefined && brokerSet.masterEpoch > broker.ledEpoch;
    const [elected] = isReplaced ? membersOf([brokerSet.masterId]) : [];
    this.#hold(copies.name, copies.grew(broker, from, to, membersOf(sets.flat()), elected));
  }

  confirmedFell(broker: BrokerWatch, before: number): void {
    this.#hold(this.#prefix.name, this.#prefix.fell(broker, before));
  }

  #grow(history: ConfirmedHistory, broker: BrokerWatch, to: number): void {
    const { note, moment, membersOf } = this.#options;
    const { end: from, bySet } = history;
    const hold: Hold = (invariant, text) => this.#hold(invariant, text);
    history.add(broker, broker.files.read(from, to, 'cache'), broker.ledEpoch, hold, (entry) => {
      if (this.#copies !== undefined) this.#noteTimes(entry);
    });
    this.#histories.grew(history);
    note(broker.name, 'confirms', to, broker.ledEpoch);
    const set = this.#histories.setOf(broker.ledEpoch) ?? this.brokerSet?.syncStateSet ?? [];
    this.#hold(bySet.name, bySet.grew(broker.name, from, to, membersOf(set)));
    moment(broker.name, 'commit');
  }

  #noteTimes({ records }: CommittedEntry): void {
    for (const { body } of records) {
      const value = messageValue(body);
      if (value !== undefined) this.#confirmedNs.set(value, Math.round(this.#options.nowMs() * 1e6));
    }
  }

  applied(broker: BrokerWatch, position: number): void {
    // A log that began late has the state of a later place at once.
    if (position < broker.parts.stateAt) return;
    for (const { history, index } of this.#histories.heldBy(broker, position)) {
      const { sameState } = history;
      this.#hold(sameState.name, sameState.applied(broker, index));
    }
  }

  // --- clients -----------------------------------------------------------------------------------------------------

  acknowledged(send: AcknowledgedSend): void {
    const copies = this.#copies;
    if (copies !== undefined) this.#hold(copies.name, copies.acknowledged(send));
    else this.#holdAny((ledger) => new AcknowledgedKept(ledger).acknowledged(send), 'acknowledged-kept');
    if (this.#options.lossAllowed !== undefined) this.#acknowledged.push(send);
  }

  seen(message: SeenMessage): void {
    this.#holdAny((ledger) => new CommittedSeen(ledger).seen(message), 'committed-seen');
  }

  /** True of one history at least: a master that was replaced, and brokers that hold more, go on in theirs. */
  #holdAny(judge: (ledger: Ledger) => string | undefined, invariant: string): void {
    const texts = this.#histories.all.map(({ ledger }) => judge(ledger));
    if (!texts.includes(undefined)) this.#hold(invariant, texts.at(-1));
  }

  get lost(): number {
    return (
      this.#copies?.lost ?? this.#acknowledged.filter((send) => this.#histories.isGivenUp(send, send.value)).length
    );
  }

  /** How often somebody was elected who was not in sync. */
  get uncleanElections(): number {
    return this.#unclean.count;
  }

  get losesChanges(): boolean {
    return this.#copies?.losesChanges ?? this.#histories.losesChanges;
  }

  isPassedOver(key: string, queueOffset: number): boolean {
    return this.#histories.all.length > 1 && this.#histories.isPassedOver(placeIn(key, queueOffset));
  }

  /**
   * Without `allAckInSyncStateSet` consumers see an acknowledged message when the set has it, and what a failover took is as if nobody had been told anything of it: only that is left
   * for the checkers of order and loss.
   */
  promised(history: History): History {
    if (this.#histories.all.length > 1) return this.#kept(history);
    const copies = this.#copies;
    if (copies === undefined) return history;
    return restateHistory(history, ({ op, key, value, result }) => {
      if (op !== 'append' || typeof result !== 'number' || typeof value !== 'string') return 'as-told';
      if (copies.isLost(placeIn(key, result), value)) return { unknown: 'lost' };
      const atNs = this.#confirmedNs.get(value);
      return atNs === undefined ? 'as-told' : { atNs };
    });
  }

  /** What an unclean election gave up is as if nobody had been told anything of it, and who had read of it went on from there. */
  #kept(history: History): History {
    const histories = this.#histories;
    return restateHistory(history, ({ op, key, value, result, offset, endNs = 0 }) => {
      if (op === 'append' && typeof result === 'number')
        return histories.isGivenUp(placeIn(key, result), String(value)) ? { unknown: 'lost' } : 'as-told';
      if (op === 'read' && offset !== undefined)
        return histories.isGivenUp(placeIn(key, offset), String(result)) ? 'left-out' : 'as-told';
      if (op !== 'max' || typeof result !== 'number') return 'as-told';
      // What was given up may come back with another one that is elected: lengths go to and fro from the first time on.
      const isOver = endNs >= histories.firstPartingNs || histories.isPassedOver(placeIn(key, result - 1));
      return isOver ? { unknown: 'lost' } : 'as-told';
    });
  }

  healed(): void {
    const { brokers } = this;
    if (this.#copies !== undefined) this.#hold(this.#copies.name, this.#copies.healed());
    this.#hold(this.#unclean.name, this.#unclean.healed());
    const { metadata, controllers } = this.#options;
    const { queueOffsets, sameState } = this.#histories.newest;
    const kept = this.losesChanges ? [] : [metadata];
    for (const each of [this.#prefix, queueOffsets, sameState, ...kept]) {
      this.#hold(each.name, each.healed(brokers));
    }
    controllers.healed();
  }

  /** Something that no invariant's file holds went wrong. */
  broken(invariant: string, text: string): void {
    if (this.#isForgiven(invariant)) return;
    // The first that breaks is told, be it the controllers' own.
    if (this.violation === undefined) this.#violation = { invariant, text, atMs: this.#options.nowMs() };
  }

  #isForgiven(invariant: string): boolean {
    if (this.#copies !== undefined) return this.losesChanges && OF_CHANGES.has(invariant);
    const { all, losesChanges } = this.#histories;
    return (all.length > 1 && invariant === OF_LENGTHS) || (losesChanges && invariant === OF_OFFSETS);
  }

  #hold(invariant: string, text: string | undefined): void {
    if (text !== undefined) this.broken(invariant, text);
  }
}

/** `key`: `topic/queue`. */
function placeIn(key: string, queueOffset: number): Place {
  const [topic = '', queue] = key.split('/');
  return { topic, queueId: Number(queue), queueOffset };
}
