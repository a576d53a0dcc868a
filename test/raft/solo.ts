import { MemoryLog } from '../../raft/core/memory-log.ts';
import { type CoreConfig, RaftNode } from '../../raft/core/node.ts';
import type { Ready } from '../../raft/core/ready.ts';
import type { EntryBatch, HardState, MemberChange, Message, NodeId, PeerHello } from '../../raft/core/types.ts';

export const coreConfig = {
  heartbeatTicks: 10,
  electionTicks: 75,
  fastMinTicks: 1,
  fastMaxTicks: 3,
  maxAppendBytes: 1000,
  maxProbeBytes: 300,
  maxInflightBytes: 4000,
  maxInflightCount: 4,
  syncFlush: false,
  bootstrapWithMajority: false,
  random: () => 0,
} as const;

interface Options extends Partial<CoreConfig> {
  /** Terms of the entries that the log starts with. */
  readonly log?: readonly number[];
  readonly hardState?: Partial<HardState>;
  readonly inDoubt?: boolean;
}

type Kind = Message['type'];
type Holder<M, K> = M extends { type: infer T } ? (K extends T ? M : never) : never;
type Of<K extends Kind> = Holder<Message, K>;

/** One core, n0 of n0, n1, n2, whose Readys are executed by hand; persists and saves finish at once unless held. */
export class Solo {
  readonly log: MemoryLog;
  readonly node: RaftNode;
  readonly sent: Message[] = [];
  readonly readies: Ready[] = [];
  holdPersists = false;
  holdSaves = false;

  constructor(options: Options = {}) {
    const { log = [1], hardState, inDoubt = false, ...config } = options;
    this.log = new MemoryLog(log.map((term, i) => ({ term, value: `e${i + 1}`, size: 100 })));
    this.node = new RaftNode(
      { id: 'n0', voters: ['n0', 'n1', 'n2'], ...coreConfig, ...config },
      {
        hardState: { term: log.at(-1) ?? 0, vote: '', fresh: false, ...hardState },
        inDoubt,
        lastIndex: log.length,
        termRuns: this.log.termRuns(),
        appliedIndex: 0,
      },
      this.log,
    );
    this.run();
  }

  /** Executes what is ready; returns the messages that left. */
  run(): Message[] {
    const from = this.sent.length;
    while (this.node.hasReady()) {
      const ready = this.node.ready();
      this.readies.push(ready);
      for (const write of ready.writes) {
        if (write.kind === 'truncate') this.log.truncate(write.from);
        else this.log.append(write.batch);
      }
      if (ready.noopTerm > 0) {
        this.log.push({ term: ready.noopTerm, value: 'noop', size: 100 });
        this.node.appended(this.log.lastIndex);
      }
      this.sent.push(...ready.messages);
      if (!this.holdSaves) {
        this.sent.push(...ready.messagesAfterState);
        if (ready.hardState) this.node.stateSaved(ready.number);
        if (ready.doubt !== undefined) this.node.doubtSaved();
      }
      if (ready.persist && !this.holdPersists) this.node.persisted(ready.number);
      this.node.applied(ready.commit);
    }
    return this.sent.slice(from);
  }

  step<K extends Kind>(type: K, from: NodeId, fields: Partial<Of<K>>): Message[] {
    this.node.step({ type, from, to: 'n0', term: this.node.term, ...defaults[type], ...fields } as Message);
    return this.run();
  }

  ticks(count: number): Message[] {
    const from = this.sent.length;
    for (let i = 0; i < count; i++) {
      this.node.tick();
      this.run();
    }
    return this.sent.slice(from);
  }

  hello(id: NodeId, fields: Partial<PeerHello> = {}): Message[] {
    const { lastIndex, lastTerm } = this.node;
    this.node.connected({ id, incarnation: 1, inDoubt: false, fresh: false, lastIndex, lastTerm, ...fields });
    return this.run();
  }

  /** Wins an ordinary election; both peers are connected. */
  lead(): this {
    this.hello('n1');
    this.hello('n2');
    this.ticks(4);
    this.step('pre-vote-reply', 'n1', { term: this.node.term + 1, granted: true });
    this.step('vote-reply', 'n1', { granted: true });
    return this;
  }

  propose(count = 1): Message[] {
    for (let i = 0; i < count; i++) this.log.push({ term: this.node.term, value: `p${this.log.lastIndex}`, size: 100 });
    this.node.appended(this.log.lastIndex);
    return this.run();
  }

  /** Proposes a change of members, which must be allowed. */
  change(change: MemberChange): Message[] {
    const members = this.node.checkChange(change);
    if (typeof members === 'string') throw new Error(members);
    this.log.push({ term: this.node.term, value: change.kind, size: 100, members });
    this.node.appended(this.log.lastIndex, members);
    return this.run();
  }

  /** An accepting reply to the latest append sent to `from`. */
  ack(from: NodeId, index: number, fields: Partial<Of<'append-reply'>> = {}): Message[] {
    return this.step('append-reply', from, { sequence: this.node.sequence, index, syncedIndex: index, ...fields });
  }

  last<K extends Kind>(type: K, to?: NodeId): Of<K> | undefined {
    return this.sent.findLast((m): m is Of<K> => m.type === type && (to === undefined || m.to === to));
  }
}

const defaults: { [K in Kind]: Partial<Of<K>> } = {
  'pre-vote': { lastIndex: 1, lastTerm: 1, transfer: false },
  vote: { lastIndex: 1, lastTerm: 1, transfer: false },
  'doubt-vote': { lastIndex: 1, lastTerm: 1, transfer: false },
  'pre-vote-reply': { granted: false, inDoubt: false, fresh: false },
  'vote-reply': { granted: false, inDoubt: false, fresh: false },
  'doubt-vote-reply': { granted: false, inDoubt: false, fresh: false },
  append: { sequence: 1, prevIndex: 1, prevTerm: 1, prevChainCrc: 0, commit: 0, syncFlush: false, entries: undefined },
  'append-reply': { rejected: false, hintIndex: 0, hintTerm: 0, inDoubt: false },
  heartbeat: { commit: 0, round: 1 },
  'heartbeat-reply': { inDoubt: false },
  'timeout-now': {},
  'doubt-end': {},
};

/** A batch of entries with these terms, from `first` on. */
export function batch(first: number, terms: readonly number[], value = 'x'): EntryBatch {
  const log = new MemoryLog(terms.map((term, i) => ({ term, value: `${value}${first + i}`, size: 100 })));
  const runs = log.termRuns().map((run) => ({ first: run.first + first - 1, term: run.term }));
  const last = first + terms.length - 1;
  return { first, last, byteLength: terms.length * 100, runs, payload: log.entries };
}
