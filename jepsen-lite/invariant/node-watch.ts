import type { DurableLog } from '../../cluster/raft-storage/durable-log.ts';
import type { Message, Replica } from '../../raft/index.ts';
import type { Machine } from './machine.ts';
import type { BrokerData, RaftMember } from './raft-member.ts';

/** Called for each change that is found. */
export interface WatchEvents {
  leads(node: NodeWatch, term: number): void;
  /** It leads no longer. */
  follows(node: NodeWatch, term: number): void;
  serves(node: NodeWatch, term: number): void;
  appended(node: NodeWatch, index: number, term: number, chainCrc: number): void;
  cut(node: NodeWatch, lastIndex: number): void;
  /** Retention removed what was before `firstIndex`. */
  removed(node: NodeWatch, firstIndex: number): void;
  doubtEnded(node: NodeWatch): void;
  committed(node: NodeWatch, index: number, term: number, chainCrc: number): void;
  /** It had committed up to `before`, and takes less for committed now. */
  commitFell(node: NodeWatch, before: number): void;
  applied(node: NodeWatch, index: number): void;
  sent(node: NodeWatch, message: Message): void;
}

/** Looks, after each event of one member, at what has changed since the last look. Costs next to nothing when nothing has. */
export class NodeWatch {
  readonly name: string;
  readonly #events: WatchEvents;
  #machine: Machine | undefined;
  #member: RaftMember | undefined;
  #replica: Replica | undefined;
  #log: DurableLog | undefined;
  /** Chain checksums of the log as of the last look, by index; nothing where it could not be read. */
  readonly chains: number[] = [0];
  /** Entries that could not be read when the log was looked at: they are told as appended when they can be. */
  #unread: number[] = [];
  #firstIndex = 1;
  #lastIndex = 0;
  #lastChain = 0;
  commit = 0;
  applied = 0;
  #ledTerm = 0;
  #servedTerm = 0;
  /** The member may lack what it acknowledged. */
  inDoubt = false;
  /** It was in doubt when its last process ended. */
  endedInDoubt = false;

  constructor(name: string, events: WatchEvents) {
    this.name = name;
    this.#events = events;
  }

  get running(): boolean {
    return this.#member !== undefined;
  }

  /** Of a member that runs. */
  get member(): RaftMember {
    return this.#member as RaftMember;
  }

  /** Of a member that is a broker and runs. */
  get data(): BrokerData {
    return this.member.data as BrokerData;
  }

  /** See SameState. */
  get stateFrom(): number {
    return this.member.storage.snapshot?.header.index ?? 0;
  }

  get machine(): Machine {
    return this.#machine as Machine;
  }

  get replica(): Replica {
    return this.#replica as Replica;
  }

  get log(): DurableLog {
    return this.#log as DurableLog;
  }

  get lastIndex(): number {
    return this.#lastIndex;
  }

  /** As `chains`, and of the entry that the log begins behind, which retention or a snapshot of a leader left as its beginning. */
  chainAt(index: number): number | undefined {
    const { log } = this;
    return this.chains[index] ?? (index === log.firstIndex - 1 && index > 0 ? log.chainCrc(index) : undefined);
  }

  opened(member: RaftMember, machine: Machine): void {
    this.#machine = machine;
    if (this.#member !== undefined) this.endedInDoubt = this.inDoubt;
    this.#member = member;
    this.#replica = member.replica;
    this.#log = member.storage.log;
    this.commit = 0;
    this.applied = 0;
    this.#ledTerm = 0;
    this.#servedTerm = 0;
    this.inDoubt = member.storage.hardState.record.inDoubt;
    // What a member sends is what it promises: seen here, before it is encoded, it need not be decoded.
    const { transport } = member;
    const send = transport.send.bind(transport);
    transport.send = (message) => {
      this.#events.sent(this, message);
      send(message);
    };
  }

  gone(): void {
    if (this.#member !== undefined) this.endedInDoubt = this.inDoubt;
    this.#member = undefined;
    this.#replica = undefined;
    this.#log = undefined;
  }

  look(): void {
    const member = this.#member;
    const replica = this.#replica;
    const log = this.#log;
    if (member === undefined || replica === undefined || log === undefined) return;
    if (this.inDoubt && !member.storage.hardState.record.inDoubt) {
      this.inDoubt = false;
      this.#events.doubtEnded(this);
    }
    if (this.#unread.length > 0) this.#lookAtUnread(log);
    const last = log.lastIndex;
    const chain = log.chainCrc(last);
    if (last !== this.#lastIndex || chain !== this.#lastChain) this.#lookAtLog(log, last, chain);
    const { firstIndex } = log;
    if (firstIndex > this.#firstIndex) this.#events.removed(this, firstIndex);
    this.#firstIndex = firstIndex;
    if (replica.isLeader && replica.term !== this.#ledTerm) {
      this.#ledTerm = replica.term;
      this.#events.leads(this, replica.term);
    } else if (this.#ledTerm !== 0 && !replica.isLeader) {
      this.#ledTerm = 0;
      this.#events.follows(this, replica.term);
    }
    if (replica.commitIndex !== this.commit) this.#lookAtCommit(log, replica.commitIndex);
    const { appliedIndex } = member;
    if (appliedIndex !== this.applied) {
      this.applied = appliedIndex;
      this.#events.applied(this, appliedIndex);
    }
    if (replica.isLeader && this.#servedTerm !== replica.term && member.serving) {
      this.#servedTerm = replica.term;
      this.#events.serves(this, replica.term);
    }
  }

  #lookAtLog(log: DurableLog, last: number, chain: number): void {
    const { chains } = this;
    let same = Math.min(last, this.#lastIndex, chains.length - 1);
    while (same >= log.firstIndex && !isStill(log, same, chains[same])) same--;
    // What retention removed, or a snapshot stands for, is no longer compared.
    same = Math.max(same, Math.min(last, log.firstIndex - 1));
    chains.length = Math.min(chains.length, same + 1);
    this.#unread = this.#unread.filter((index) => index <= same);
    if (same < this.#lastIndex) this.#events.cut(this, same);
    for (let index = Math.max(same + 1, log.firstIndex); index <= last; index++) this.#lookAtEntry(log, index);
    this.#lastIndex = last;
    this.#lastChain = chain;
  }

  /** What was damaged and is repaired has to be what was there before. */
  #lookAtUnread(log: DurableLog): void {
    const unread = this.#unread;
    this.#unread = [];
    for (const index of unread) if (index >= log.firstIndex) this.#lookAtEntry(log, index);
  }

  #lookAtEntry(log: DurableLog, index: number): void {
    const crc = chainOf(log, index);
    if (crc === undefined) {
      this.#unread.push(index);
      return;
    }
    this.chains[index] = crc;
    this.#events.appended(this, index, log.termAt(index), crc);
  }

  #lookAtCommit(log: DurableLog, commit: number): void {
    const before = this.commit;
    const from = Math.max(before + 1, log.firstIndex);
    this.commit = commit;
    if (commit < before) this.#events.commitFell(this, before);
    for (let index = from; index <= commit; index++) {
      const chain = this.chains[index];
      // Of what it cannot read now it does not know the term for certain, and takes no part with it.
      if (chain !== undefined && log.holds(index)) this.#events.committed(this, index, log.termAt(index), chain);
    }
  }
}

/** Undefined where the entry is damaged: the log does not know its chain, and says 0 where it sees that only now. */
function chainOf(log: DurableLog, index: number): number | undefined {
  const crc = log.holds(index) ? log.chainCrc(index) : 0;
  return crc === 0 ? undefined : crc;
}

function isStill(log: DurableLog, index: number, chain: number | undefined): boolean {
  return chain !== undefined && chainOf(log, index) === chain;
}
