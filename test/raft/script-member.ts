import { describeMembers, describeReady } from '../../raft/core/describe-ready.ts';
import { MemoryLog } from '../../raft/core/memory-log.ts';
import { type CoreConfig, RaftNode } from '../../raft/core/node.ts';
import type { Ready } from '../../raft/core/ready.ts';
import type { HardState, MemberChange, Message, PeerHello } from '../../raft/core/types.ts';
import type { Invariants } from './invariants.ts';

interface Persist {
  readonly number: number;
  readonly sync: boolean;
  readonly content: MemoryLog;
}

interface Save {
  readonly number: number;
  readonly state: HardState | undefined;
  readonly doubt: boolean | undefined;
  readonly messages: readonly Message[];
}

export interface MemberStart {
  /** Terms of the entries on its disk. */
  readonly log: readonly number[];
  readonly hardState: HardState;
  readonly inDoubt: boolean;
  /** Persists and saves end only when the script says so. */
  readonly async: boolean;
}

/** One core and its disk, driven by a script. */
export class ScriptMember {
  readonly id: string;
  readonly async: boolean;
  log: MemoryLog;
  node: RaftNode | undefined;
  incarnation = 0;
  written: MemoryLog;
  synced: MemoryLog;
  state: HardState;
  inDoubt: boolean;
  private readonly config: CoreConfig;
  private readonly invariants: Invariants;
  private readonly send: (message: Message) => void;
  private persists: Persist[] = [];
  private saves: Save[] = [];

  constructor(config: CoreConfig, start: MemberStart, invariants: Invariants, send: (message: Message) => void) {
    this.id = config.id;
    this.config = config;
    this.async = start.async;
    this.invariants = invariants;
    this.send = send;
    this.state = start.hardState;
    this.inDoubt = start.inDoubt;
    this.log = new MemoryLog(start.log.map((term, i) => ({ term, value: `e${i + 1}`, size: 100 })));
    this.written = new MemoryLog(this.log.entries);
    this.synced = this.written;
    this.start();
    while (this.alive.hasReady()) this.processReady();
  }

  start(inDoubt = false): void {
    this.incarnation++;
    this.inDoubt ||= inDoubt || this.written.lastIndex === 0;
    this.log = new MemoryLog(this.written.entries);
    const { lastIndex } = this.log;
    const start = { hardState: this.state, inDoubt: this.inDoubt, lastIndex, termRuns: this.log.termRuns() };
    const members = this.log.membersIn(1, lastIndex);
    this.node = new RaftNode(this.config, { ...start, appliedIndex: 0, members }, this.log);
  }

  /** Ends the process; of a machine, what was not fsynced too. */
  crash(machine: boolean): void {
    this.node = undefined;
    this.persists = [];
    this.saves = [];
    if (machine) this.written = this.synced;
    else this.synced = this.written;
  }

  wipe(): void {
    this.written = new MemoryLog();
    this.synced = this.written;
    this.state = { term: 0, vote: '', fresh: true };
  }

  get alive(): RaftNode {
    if (!this.node) throw new Error(`${this.id} is down`);
    return this.node;
  }

  hello(): PeerHello {
    const { inDoubt, fresh, lastIndex, lastTerm } = this.alive;
    return { id: this.id, incarnation: this.incarnation, inDoubt, fresh, lastIndex, lastTerm };
  }

  propose(value: string): string | undefined {
    const refusal = this.alive.mayPropose();
    if (refusal) return refusal;
    this.log.push({ term: this.alive.term, value, size: 100 });
    this.alive.appended(this.log.lastIndex);
    return undefined;
  }

  change(change: MemberChange): string | undefined {
    const set = this.alive.checkChange(change);
    if (typeof set === 'string') return set;
    this.log.push({ term: this.alive.term, value: describeMembers(set), size: 100, members: set });
    this.alive.appended(this.log.lastIndex, set);
    return undefined;
  }

  /** Executes one Ready; tells its effects, and the messages that it sends. */
  processReady(): string[] {
    const { alive: node } = this;
    const before = node.appliedIndex;
    const ready = node.ready();
    for (const write of ready.writes) {
      if (write.kind === 'truncate') this.log.truncate(write.from);
      else this.log.append(write.batch);
    }
    if (ready.roleChange?.role === 'leader') this.invariants.leads(this.id, ready.roleChange.term, this.log);
    if (ready.noopTerm > 0) {
      this.log.push({ term: ready.noopTerm, value: 'no-op', size: 100 });
      node.appended(this.log.lastIndex);
    }
    for (const message of ready.messages) this.send(message);
    this.store(ready);
    node.applied(this.invariants.committed(this.id, this.log, ready.commit, node.term));
    const commit = ready.commit > before ? [`commit ${ready.commit}`] : [];
    return [...describeReady(ready), ...commit];
  }

  /** Finishes the oldest persists. */
  finishPersists(count: number): string[] {
    return this.persists.splice(0, count).map(({ number, sync, content }) => {
      this.written = content;
      if (sync) this.synced = content;
      this.node?.persisted(number);
      return `${this.id} persisted up to ${content.lastIndex}${sync ? ' with fsync' : ''}`;
    });
  }

  /** Finishes the oldest saves; the messages that waited for them leave. */
  finishSaves(count: number): string[] {
    return this.saves.splice(0, count).flatMap(({ number, state, doubt, messages }) => {
      if (state) this.state = state;
      if (doubt !== undefined) {
        this.inDoubt = doubt;
        this.state = { ...this.state, fresh: this.state.fresh && doubt };
      }
      for (const message of messages) this.send(message);
      this.node?.stateSaved(number);
      if (doubt !== undefined) this.node?.doubtSaved();
      return state ? [`${this.id} saved term=${state.term} vote=${state.vote || '-'}`] : [];
    });
  }

  get storing(): boolean {
    return this.persists.length > 0 || this.saves.length > 0;
  }

  private store(ready: Ready): void {
    const { number, sync, hardState: state, doubt, messagesAfterState: messages } = ready;
    if (state !== undefined || doubt !== undefined || this.saves.length > 0) {
      this.saves.push({ number, state, doubt, messages });
    } else {
      for (const message of messages) this.send(message);
    }
    if (ready.persist) this.persists.push({ number, sync, content: new MemoryLog(this.log.entries) });
    if (this.async) return;
    this.finishSaves(Number.POSITIVE_INFINITY);
    this.finishPersists(Number.POSITIVE_INFINITY);
  }
}
