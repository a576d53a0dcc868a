import type { Message } from '../../raft/index.ts';
import type { AcknowledgedSend, Invariant, SeenMessage, Violation } from './invariant.ts';
import { type CommittedEntry, Ledger } from './ledger.ts';
import type { Machine } from './machine.ts';
import { NodeWatch, type WatchEvents } from './node-watch.ts';
import type { RaftMember } from './raft-member.ts';

export interface JudgeOptions {
  readonly names: readonly string[];
  readonly nowMs: () => number;
  /** Makes the invariants of one run, over its ledger. */
  readonly invariants: (ledger: Ledger) => readonly Invariant[];
  /** Notes what is worth a line of the trace. */
  readonly note: (node: string, what: string, a: number, b: number) => void;
  /** A moment at which a fault may lie in wait. */
  readonly moment?: (node: string, moment: Moment) => void;
}

/** A member granted a vote, began to lead, took an entry, or was the first to commit one; a log was cut, the controllers decided on a set. */
export type Moment = 'vote' | 'leads' | 'append' | 'commit' | 'cut' | 'decided';

/** Holds every invariant against every change, in the order in which things happen; remembers the first that broke. */
export class Judge implements WatchEvents {
  readonly ledger = new Ledger();
  readonly watches: ReadonlyMap<string, NodeWatch>;
  readonly #options: JudgeOptions;
  readonly #invariants: readonly Invariant[];
  violation: Violation | undefined;

  constructor(options: JudgeOptions) {
    this.#options = options;
    this.#invariants = options.invariants(this.ledger);
    this.watches = new Map(options.names.map((name) => [name, new NodeWatch(name, this)]));
  }

  watch(name: string): NodeWatch {
    return this.watches.get(name) as NodeWatch;
  }

  /** A process opened a member's files, on this machine. */
  opened(name: string, member: RaftMember, machine: Machine): void {
    const watch = this.watch(name);
    watch.opened(member, machine);
    for (const each of this.#invariants) this.#hold(each, each.opened?.(watch));
    watch.look();
  }

  gone(name: string): void {
    this.watch(name).gone();
  }

  leads(node: NodeWatch, term: number): void {
    this.#options.note(node.name, 'leads', term, node.lastIndex);
    this.#options.moment?.(node.name, 'leads');
    for (const each of this.#invariants) this.#hold(each, each.leads?.(node, term));
  }

  follows(node: NodeWatch, term: number): void {
    this.#options.note(node.name, 'follows', term, node.lastIndex);
  }

  serves(node: NodeWatch, term: number): void {
    this.#options.note(node.name, 'serves', term, node.commit);
    for (const each of this.#invariants) this.#hold(each, each.serves?.(node, term));
  }

  appended(node: NodeWatch, index: number, term: number, chainCrc: number): void {
    this.#options.moment?.(node.name, 'append');
    for (const each of this.#invariants) this.#hold(each, each.appended?.(node, index, term, chainCrc));
  }

  removed(node: NodeWatch, firstIndex: number): void {
    this.#options.note(node.name, 'removed', firstIndex, node.lastIndex);
    this.ledger.removedBefore(firstIndex, this.#options.nowMs() * 1e6);
  }

  cut(node: NodeWatch, lastIndex: number): void {
    for (const each of this.#invariants) this.#hold(each, each.cut?.(node, lastIndex));
  }

  doubtEnded(node: NodeWatch): void {
    for (const each of this.#invariants) this.#hold(each, each.doubtEnded?.(node));
  }

  committed(node: NodeWatch, index: number, term: number, chainCrc: number): void {
    if (index === this.ledger.lastIndex + 1) this.#commit(node, index, term, chainCrc);
    for (const each of this.#invariants) this.#hold(each, each.committed?.(node, index, term, chainCrc));
  }

  commitFell(node: NodeWatch, before: number): void {
    for (const each of this.#invariants) this.#hold(each, each.commitFell?.(node, before));
  }

  #commit(node: NodeWatch, index: number, term: number, chainCrc: number): void {
    let entry: CommittedEntry | undefined;
    node.log.forEachEntry(index, index, (buffer, offset, length, _index, _term, position) => {
      const records = this.ledger.records(buffer, offset, length, position);
      entry = { index, term, chainCrc, end: position + length, records };
    });
    if (entry === undefined) throw new Error(`${node.name} commits entry ${index}, which it cannot read`);
    this.#options.note(node.name, 'commits', index, term);
    this.#options.moment?.(node.name, 'commit');
    for (const each of this.#invariants) this.#hold(each, each.firstCommitted?.(node, entry));
    this.ledger.add(entry);
  }

  applied(node: NodeWatch, index: number): void {
    for (const each of this.#invariants) this.#hold(each, each.applied?.(node, index));
  }

  sent(node: NodeWatch, message: Message): void {
    if (message.type === 'vote-reply' && message.granted) this.#options.moment?.(node.name, 'vote');
    for (const each of this.#invariants) this.#hold(each, each.sent?.(node, message));
  }

  batchSent(values: readonly string[]): void {
    for (const each of this.#invariants) this.#hold(each, each.batchSent?.(values));
  }

  acknowledged(send: AcknowledgedSend): void {
    for (const each of this.#invariants) this.#hold(each, each.acknowledged?.(send));
  }

  seen(message: SeenMessage): void {
    for (const each of this.#invariants) this.#hold(each, each.seen?.(message));
  }

  healed(): void {
    const nodes = [...this.watches.values()];
    for (const each of this.#invariants) this.#hold(each, each.healed?.(nodes));
  }

  /** Something that no invariant's file holds went wrong. */
  broken(invariant: string, text: string): void {
    this.violation ??= { invariant, text, atMs: this.#options.nowMs() };
  }

  #hold(invariant: Invariant, text: string | undefined): void {
    if (text !== undefined) this.broken(invariant.name, text);
  }
}
