import type { BrokerSet } from '../../cluster/controller/state/broker-set.ts';
import type { History } from '../checker/history.ts';
import { restateHistory } from '../checker/restate-history.ts';
import { AcknowledgedKept } from '../invariant/acknowledged-kept.ts';
import { CommittedSeen } from '../invariant/committed-seen.ts';
import { DelaysInTime } from '../invariant/delays-in-time.ts';
import type { AcknowledgedSend, SeenMessage, Violation } from '../invariant/invariant.ts';
import type { Judge, Moment } from '../invariant/judge.ts';
import type { CommittedEntry, Ledger } from '../invariant/ledger.ts';
import { messageValue } from '../invariant/message-body.ts';
import type { MetadataKept } from '../invariant/metadata-kept.ts';
import { QueueOffsetsInOrder } from '../invariant/queue-offsets.ts';
import { SameState } from '../invariant/same-state.ts';
import { StoreTimeRises } from '../invariant/store-time-rises.ts';
import type { SceneJudge } from '../sim/scene.ts';
import { AnsweredCopies } from './answered-copies.ts';
import type { BrokerEvents, BrokerWatch } from './broker-watch.ts';
import { ConfirmedBySet, type SetMember } from './confirmed-by-set.ts';
import { ConfirmedBytes } from './confirmed-bytes.ts';
import { ConfirmedPrefix } from './confirmed-prefix.ts';
import { OneMaster } from './one-master.ts';

/** The state is compared at every so many records, and in the end. */
const COMPARE_EVERY = 16;

/** What clients look after themselves: changes of offsets that were answered. */
const OF_CHANGES: ReadonlySet<string> = new Set(['fresh-offset', 'oneway-kept']);

export interface SetJudgeOptions {
  readonly nowMs: () => number;
  readonly metadata: MetadataKept;
  readonly syncFlush: boolean;
  /** Length of the log's files. */
  readonly fileBytes: number;
  /** Brokers that have what is acknowledged [inSyncReplicas]; undefined: the whole set [allAckInSyncStateSet]. */
  readonly copies: number | undefined;
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
  readonly #confirmed: ConfirmedBytes;
  readonly #bySet: ConfirmedBySet;
  readonly #prefix: ConfirmedPrefix;
  readonly #oneMaster = new OneMaster();
  readonly #queueOffsets = new QueueOffsetsInOrder();
  readonly delays = new DelaysInTime({ mayRepeat: true });
  readonly #sameState = new SameState();
  readonly #storeTime = new StoreTimeRises();
  readonly #acknowledgedKept: AcknowledgedKept;
  /** Judges acknowledgements in the place of that where the whole set need not have them. */
  readonly #copies: AnsweredCopies | undefined;
  /** When each message was confirmed, ns, by its value. */
  readonly #confirmedNs = new Map<string, number>();
  readonly #committedSeen: CommittedSeen;
  /** Numbers of records by where they end, for those at which the state is compared. */
  readonly #compared = new Map<number, number>();
  readonly brokers: BrokerWatch[] = [];
  /** What the controllers agreed on last. */
  brokerSet: BrokerSet | undefined;
  #violation: Violation | undefined;

  constructor(options: SetJudgeOptions) {
    this.#options = options;
    this.#confirmed = new ConfirmedBytes(options.fileBytes);
    this.#bySet = new ConfirmedBySet(this.#confirmed, options.syncFlush);
    this.#prefix = new ConfirmedPrefix(this.#confirmed);
    this.#acknowledgedKept = new AcknowledgedKept(this.ledger);
    this.#committedSeen = new CommittedSeen(this.ledger);
    const { copies, syncFlush, fileBytes } = options;
    if (copies !== undefined)
      this.#copies = new AnsweredCopies({ confirmed: this.#confirmed, copies, syncFlush, fileBytes });
  }

  get ledger(): Ledger {
    return this.#confirmed.ledger;
  }

  get violation(): Violation | undefined {
    return this.#violation ?? this.#options.controllers.violation;
  }

  // --- controllers -------------------------------------------------------------------------------------------------

  /** The controllers agreed on this; `name` was the first of them to know. */
  decided(name: string, set: BrokerSet): void {
    const before = this.brokerSet;
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
    const members = membersOf(set.syncStateSet);
    this.#hold(this.#bySet.name, this.#bySet.decided(set.syncStateSetEpoch, members));
    moment(name, 'decided');
  }

  /** Who registers with an older state of its disk, and stays in the set, has to have everything by chance. */
  #judgeOldDisks(set: BrokerSet, before: BrokerSet | undefined): void {
    const startOf = (of: BrokerSet | undefined, id: number) => of?.replicas.get(id)?.starts.at(-1);
    const { isSetBack, membersOf } = this.#options;
    const registered = set.syncStateSet.filter((id) => isSetBack(id) && startOf(set, id) !== startOf(before, id));
    const members = membersOf(registered).map((member) => ({ ...member, isHurt: false }));
    this.#hold(this.#bySet.name, this.#bySet.decided(set.syncStateSetEpoch, members));
  }

  // --- brokers -----------------------------------------------------------------------------------------------------

  leads(broker: BrokerWatch, epoch: number): void {
    this.#options.note(broker.name, 'leads', epoch, broker.end);
    this.#hold(this.#oneMaster.name, this.#oneMaster.leads(broker, epoch));
    this.#options.moment(broker.name, 'leads');
  }

  follows({ name, end }: BrokerWatch, epoch: number): void {
    this.#options.note(name, 'follows', epoch, end);
  }

  serves(broker: BrokerWatch, epoch: number): void {
    this.#options.note(broker.name, 'serves', epoch, broker.shown);
    if (!this.losesChanges) this.#hold(this.#options.metadata.name, this.#options.metadata.serves(broker));
  }

  appended({ name }: BrokerWatch): void {
    this.#options.moment(name, 'append');
  }

  cut(broker: BrokerWatch, end: number): void {
    this.#options.note(broker.name, 'cuts', end, broker.shown);
    this.#hold(this.#prefix.name, this.#prefix.cut(broker, end));
    this.#options.moment(broker.name, 'cut');
  }

  confirmed(broker: BrokerWatch, from: number, to: number): void {
    const { end } = this.#confirmed;
    if (to > end) this.#grow(broker, end, to);
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

  #grow(broker: BrokerWatch, from: number, to: number): void {
    const { note, moment, membersOf } = this.#options;
    const bytes = broker.files.read(from, to, 'cache');
    const problem = this.#confirmed.add(bytes, broker.ledEpoch, (entry) => {
      this.#hold(this.#queueOffsets.name, this.#queueOffsets.firstCommitted(broker, entry));
      this.#hold(this.#storeTime.name, this.#storeTime.firstCommitted(broker, entry));
      this.#hold(this.delays.name, this.delays.firstCommitted(broker, entry));
      if (this.#copies !== undefined) this.#noteTimes(entry);
      if (entry.index % COMPARE_EVERY === 0) this.#compared.set(entry.end, entry.index);
    });
    this.#hold(this.#prefix.name, problem);
    note(broker.name, 'confirms', to, broker.ledEpoch);
    const members = membersOf(this.brokerSet?.syncStateSet ?? []);
    this.#hold(this.#bySet.name, this.#bySet.grew(broker.name, from, to, members));
    moment(broker.name, 'commit');
  }

  #noteTimes({ records }: CommittedEntry): void {
    for (const { body } of records) {
      const value = messageValue(body);
      if (value !== undefined) this.#confirmedNs.set(value, Math.round(this.#options.nowMs() * 1e6));
    }
  }

  applied(broker: BrokerWatch, position: number): void {
    const index = this.#compared.get(position);
    if (index !== undefined) this.#hold(this.#sameState.name, this.#sameState.applied(broker, index));
  }

  // --- clients -----------------------------------------------------------------------------------------------------

  acknowledged(send: AcknowledgedSend): void {
    const invariant = this.#copies ?? this.#acknowledgedKept;
    this.#hold(invariant.name, invariant.acknowledged(send));
  }

  seen(message: SeenMessage): void {
    this.#hold(this.#committedSeen.name, this.#committedSeen.seen(message));
  }

  get lost(): number {
    return this.#copies?.lost ?? 0;
  }

  get losesChanges(): boolean {
    return this.#copies?.losesChanges ?? false;
  }

  /**
   * Without `allAckInSyncStateSet` consumers see an acknowledged message when the set has it, and what a failover took is as if nobody had been told anything of it: only that is left
   * for the checkers of order and loss.
   */
  promised(history: History): History {
    const copies = this.#copies;
    if (copies === undefined) return history;
    return restateHistory(history, ({ op, key, value, result }) => {
      if (op !== 'append' || typeof result !== 'number' || typeof value !== 'string') return 'as-told';
      const [topic = '', queue] = key.split('/');
      if (copies.isLost({ topic, queueId: Number(queue), queueOffset: result }, value)) return { unknown: 'lost' };
      const atNs = this.#confirmedNs.get(value);
      return atNs === undefined ? 'as-told' : { atNs };
    });
  }

  healed(): void {
    const { brokers } = this;
    if (this.#copies !== undefined) this.#hold(this.#copies.name, this.#copies.healed());
    const { metadata, controllers } = this.#options;
    const kept = this.losesChanges ? [] : [metadata];
    for (const each of [this.#prefix, this.#queueOffsets, this.#sameState, ...kept]) {
      this.#hold(each.name, each.healed(brokers));
    }
    controllers.healed();
  }

  /** Something that no invariant's file holds went wrong. */
  broken(invariant: string, text: string): void {
    if (this.losesChanges && OF_CHANGES.has(invariant)) return;
    // The first that breaks is told, be it the controllers' own.
    if (this.violation === undefined) this.#violation = { invariant, text, atMs: this.#options.nowMs() };
  }

  #hold(invariant: string, text: string | undefined): void {
    if (text !== undefined) this.broken(invariant, text);
  }
}
