import { assert } from '../core/assert.ts';
import { type CoreStatus, describe } from '../core/describe.ts';
import { type CoreStart, RaftNode, type Refusal } from '../core/node.ts';
import type { LoadRequest, LogWrite, Ready, RoleReport, TransferResult } from '../core/ready.ts';
import type { AppendRequest, MemberChange, MemberSet, MembersAt, Message, NodeId, PeerHello } from '../core/types.ts';
import { LogChanges, mayGrow } from './log-changes.ts';
import { MemberChanges, type MembersDone, type MembersRequest } from './member-changes.ts';
import { PersistQueue } from './persist-queue.ts';
import type { HardStateStore, Log, PortError, Scheduler, StateMachine, Transport, TransportEvents } from './ports.ts';
import { coreConfig, type ReplicaConfig } from './replica-config.ts';
import { StateSaver } from './state-saver.ts';
import { TickClock } from './tick-clock.ts';
import { Transfers } from './transfers.ts';
import { WaitingReads } from './waiting-reads.ts';

export interface ReplicaPorts {
  readonly log: Log;
  readonly hardState: HardStateStore;
  readonly transport: Transport;
  readonly stateMachine: StateMachine;
  readonly scheduler: Scheduler;
}

/** Why a proposal or read is refused; nothing was appended. All are worth a retry, here or at the leader. */
export type ReplicaRefusal = Refusal | 'disk-full' | 'stopped';

export interface ReplicaStatus extends CoreStatus {
  readonly diskFull: boolean;
  /** How long the persist in flight has taken so far, ms; 0 without one. */
  readonly persistAgeMs: number;
  readonly stopped: boolean;
}

/**
 * The loop that executes what the core decides, over the ports, at the end of each turn of the event loop in which something happened;
 * persists are pipelined. README has the order of things.
 */
export class Replica implements TransportEvents {
  private readonly ports: ReplicaPorts;
  private readonly config: ReplicaConfig;
  private readonly core: RaftNode;
  private readonly saver: StateSaver;
  private readonly persists: PersistQueue;
  private readonly reads = new WaitingReads();
  private readonly memberChanges: MemberChanges;
  private readonly transfers: Transfers;
  private readonly logChanges: LogChanges;

  private stopped = false;
  private scheduled = false;
  private running = false;
  private readonly endOfTurn = (): void => this.turn();

  /** From the start on. */
  private clock: TickClock | undefined;
  private failedLoads: LoadRequest[] = [];
  private handedCommit = 0;
  private readyTerm = 0;

  constructor(config: ReplicaConfig, start: Omit<CoreStart, 'lastIndex' | 'termRuns'>, ports: ReplicaPorts) {
    this.config = config;
    this.ports = ports;
    const { log } = ports;
    const coreStart = { ...start, lastIndex: log.lastIndex, termRuns: log.termRuns() };
    this.core = new RaftNode(coreConfig(config, ports.scheduler), coreStart, log);
    this.core.logDamaged = log.damage !== undefined;
    this.handedCommit = start.appliedIndex;
    const nowMs = (): number => ports.scheduler.monotonicMs();
    this.persists = new PersistQueue(log, nowMs, (number, error) => this.persisted(number, error));
    this.transfers = new Transfers(this.core);
    this.logChanges = new LogChanges(this.core, log);
    this.memberChanges = new MemberChanges(this.core, (members, change) => this.appendMembers(members, change));
    this.saver = new StateSaver(ports.hardState, (number, error) => this.stateSaved(number, error));
  }

  /** Takes part from now on. */
  start(): void {
    const { tickMs, electionTimeoutMs } = this.config;
    this.clock = new TickClock(tickMs, (2 * electionTimeoutMs) / tickMs, this.ports.scheduler.monotonicMs());
    this.schedule();
  }

  /** Stops executing; late completions are ignored. What waits is told so. The log is not flushed here. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.reads.fail('stopped');
    this.memberChanges.stop();
    this.transfers.ended({ to: '', ok: false, reason: 'stopped' });
  }

  /** To be called every `tickMs`; calls that a busy process missed are made up for. */
  tick(): void {
    if (this.stopped || this.clock === undefined) return;
    this.core.unwell = this.core.logDamaged || this.persists.isSlow();
    for (let due = this.clock.due(this.ports.scheduler.monotonicMs()); due > 0; due--) this.core.tick();
    this.persists.retry();
    this.retryLoads();
    if (this.core.hasReady()) this.schedule();
  }

  receive(message: Message): void {
    if (this.stopped) return;
    if (message.type === 'append' && (this.holdsBack(message) || this.diverges(message))) return;
    this.core.step(message);
    this.schedule();
  }

  connected(hello: PeerHello): void {
    if (this.stopped) return;
    this.core.connected(hello);
    this.schedule();
  }

  closed(peer: NodeId): void {
    if (this.stopped) return;
    this.core.closed(peer);
    this.schedule();
  }

  /** Why nothing may be appended now; undefined: append, and call `appended()` in the same turn. */
  refusal(): ReplicaRefusal | undefined {
    if (this.stopped) return 'stopped';
    return this.persists.diskFull && this.core.role === 'leader' ? 'disk-full' : this.core.mayPropose();
  }

  /** Term to append in, or why not. Hot paths use `refusal()` and `term`, which allocate nothing. */
  mayPropose(): { readonly term: number } | ReplicaRefusal {
    return this.refusal() ?? { term: this.core.term };
  }

  get term(): number {
    return this.core.term;
  }

  get isLeader(): boolean {
    return this.core.role === 'leader';
  }

  /** The leader this node knows of. */
  get leader(): NodeId | undefined {
    return this.core.leader;
  }

  get commitIndex(): number {
    return this.core.commit;
  }

  /** The state machine appended to the log, after `refusal()` said nothing, in this turn. */
  appended(): void {
    this.core.appended(this.ports.log.lastIndex);
    this.schedule();
  }

  /**
   * A fresh read: `done(undefined, index)` when this node has proved to lead after the call and has applied everything up to `index`,
   * which covers all that was acknowledged before the call.
   */
  readIndex(done: (refusal: ReplicaRefusal | undefined, index: number) => void): void {
    const id = this.stopped ? 'stopped' : this.core.readIndex();
    if (typeof id === 'string') {
      done(id, 0);
      return;
    }
    this.reads.add(id, done);
    this.schedule();
  }

  /** Hands leadership over; proposals are refused until `done`, at most one election timeout. */
  transferLeadership(to: NodeId, done: (result: TransferResult) => void): void {
    if (this.stopped) done({ to, ok: false, reason: 'stopped' });
    else if (this.transfers.begin(to, done)) this.schedule();
  }

  /** Waits for the outcome of the transfer that runs, whoever asked for it; undefined, at once: none does. */
  joinTransfer(done: (result: TransferResult | undefined) => void): void {
    this.transfers.join(done);
  }

  /**
   * Changes who belongs to the group; `done` comes when the new set is committed, or says in a sentence why it is not. One at a time. A new
   * member starts as a learner, from any store; a leader that is removed hands over when that is committed.
   */
  changeMembers(request: MembersRequest, done: MembersDone): void {
    const refusal = this.refusal();
    if (refusal !== undefined) done(refusal, 0);
    else if (!this.ports.stateMachine.appendMembers) done('not supported here', 0);
    else this.memberChanges.request(request, done);
  }

  /**
   * An operator says that a voter is lost for good, with what it alone held: a group in which too few are free of doubt elects a leader without it, in this outage. A
   * sentence says why that cannot be. Each of those who are left is told.
   */
  giveUp(id: NodeId): string | undefined {
    if (this.stopped) return 'stopped';
    const refusal = this.core.giveUp(id);
    this.schedule();
    return refusal;
  }

  /** The state machine, which lagged on purpose, has applied up to `index`. */
  appliedTo(index: number): void {
    if (this.stopped) return;
    this.core.applied(index);
    this.afterApply();
    if (this.core.hasReady()) this.schedule();
  }

  status(): ReplicaStatus {
    const { diskFull, ageMs: persistAgeMs } = this.persists;
    return { ...describe(this.core), diskFull, persistAgeMs, stopped: this.stopped };
  }

  private schedule(): void {
    if (this.scheduled || this.running || this.clock === undefined) return;
    this.scheduled = true;
    this.ports.scheduler.endOfTurn(this.endOfTurn);
  }

  /** End of a turn: executes Readys until nothing is left (the second one exists only where the first asked for a no-op). */
  private turn(): void {
    this.scheduled = false;
    if (this.stopped) return;
    this.running = true;
    for (let rounds = 0; !this.stopped && (this.logChanges.waiting || this.core.hasReady()); rounds++) {
      assert(rounds < 1000, 'the core does not come to rest');
      if (!this.logChanges.tell()) this.execute(this.core.ready());
    }
    this.running = false;
  }

  private execute(ready: Ready): void {
    const { stateMachine, transport, log } = this.ports;
    if (!this.write(ready.writes)) return;
    if (ready.roleChange) this.changeRole(ready.roleChange);
    if (ready.noopTerm > 0) {
      stateMachine.appendNoop(ready.noopTerm);
      this.core.appended(log.lastIndex);
    }
    for (const message of ready.messages) transport.send(message);
    if (ready.doubt !== undefined) this.saver.saveDoubt(ready.doubt);
    if (ready.hardState) this.saver.save(ready.number, ready.hardState);
    if (this.saver.idle) for (const message of ready.messagesAfterState) transport.send(message);
    else this.saver.hold(ready.number, ready.messagesAfterState);
    // Others wait for these: they leave before this node writes and applies.
    transport.flush();
    if (ready.persist) this.persists.want(ready.number, ready.sync);
    for (const load of ready.loads) this.load(load);
    if (ready.readUpTo > 0) this.reads.proved(ready.readUpTo, ready.readIndex);
    if (ready.commit > this.handedCommit) {
      this.handedCommit = ready.commit;
      this.core.applied(stateMachine.committed(ready.commit));
    }
    this.afterApply();
    if (ready.transferEnded) this.transfers.ended(ready.transferEnded);
    if (ready.members) stateMachine.membersChanged?.(ready.members);
    this.memberChanges.check();
  }

  private write(writes: readonly LogWrite[]): boolean {
    const { log } = this.ports;
    for (const write of writes) {
      if (write.kind === 'truncate') {
        log.truncate(write.from);
        continue;
      }
      const error = log.append(write.batch);
      if (error) {
        this.fail(error);
        return false;
      }
    }
    return true;
  }

  private appendMembers(members: MemberSet, change: MemberChange): number {
    const { stateMachine, log } = this.ports;
    stateMachine.appendMembers?.(this.core.term, members, change);
    this.core.appended(log.lastIndex, members);
    this.schedule();
    return log.lastIndex;
  }

  private changeRole(report: RoleReport): void {
    const { leaderlessTicks, ...rest } = report;
    if (report.role !== 'leader') this.reads.fail('not-leader');
    this.ports.stateMachine.roleChanged({ ...rest, leaderlessMs: leaderlessTicks * this.config.tickMs });
  }

  private afterApply(): void {
    this.reads.applied(this.core.appliedIndex);
    if (this.core.leaderReady && this.readyTerm !== this.core.term) {
      this.readyTerm = this.core.term;
      this.ports.stateMachine.leaderReady(this.core.term);
    }
  }

  private persisted(number: number, error: PortError | undefined): void {
    if (this.stopped) return;
    if (error) {
      this.fail(error);
      return;
    }
    this.core.persisted(number);
    if (this.core.hasReady()) this.schedule();
  }

  private stateSaved(number: number, error: PortError | undefined): void {
    if (this.stopped) return;
    if (error) {
      this.fail(error);
      return;
    }
    for (const message of this.saver.takeHeld()) this.ports.transport.send(message);
    this.ports.transport.flush();
    if (number > 0) this.core.stateSaved(number);
    else this.core.doubtSaved();
    this.schedule();
  }

  /**
   * The log's damage has changed: looks at it anew. The terms of what was not readable before may be known now, and with `membersInLog`, which may be called later, all sets that entries behind
   * the applied ones bring.
   */
  logChanged(membersInLog?: () => readonly MembersAt[]): void {
    this.logChanges.note(membersInLog);
    if (!this.running) this.logChanges.tell();
    this.schedule();
  }

  /**
   * While a damaged place must be filled before the log may grow, appends are not taken, and not answered: the leader repeats them. Where it lies above what is applied, one that
   * shows that the leader's log lacks this one's end proves that nobody may ever be able to fill it: the next start cuts there, and is in doubt (raft/SAFETY.md 3).
   */
  private holdsBack({ from, term, prevIndex }: AppendRequest): boolean {
    const { log } = this.ports;
    if (mayGrow(log) || term < this.core.term) return false;
    if (log.damage === 'fill-first' || prevIndex >= log.lastIndex) return true;
    const message = `the log is damaged, and that of ${from}, which leads term ${term}, has another end: this member cuts its log at the damaged place at its next start, in doubt`;
    this.fail({ code: 'ROT', message });
    return true;
  }

  private load(request: LoadRequest): void {
    const { to, term, first, maxBytes } = request;
    this.ports.log.load(first, maxBytes, (result) => {
      if (this.stopped) return;
      if ('code' in result) {
        this.failedLoads.push(request);
        return;
      }
      this.core.loaded(to, term, first, result);
      this.schedule();
    });
  }

  /** What could not be read is tried again with the next tick, not at once. */
  private retryLoads(): void {
    if (this.failedLoads.length === 0) return;
    const failed = this.failedLoads;
    this.failedLoads = [];
    for (const { to, term, first } of failed) this.core.loaded(to, term, first, undefined);
  }

  /** Same index and term, but another history before it: one of the two logs is damaged, and this node must not guess which. */
  private diverges(append: AppendRequest): boolean {
    const { prevIndex, prevTerm, prevChainCrc, from } = append;
    const { log } = this.ports;
    const core = this.core;
    if (prevChainCrc === 0 || core.writes.length > 0 || append.term < core.term) return false;
    if (prevIndex < log.firstIndex || prevIndex > log.lastIndex || core.runs.termAt(prevIndex) !== prevTerm)
      return false;
    const own = log.chainCrc(prevIndex);
    if (own === 0 || own === prevChainCrc) return false;
    const hex = (crc: number): string => `0x${crc.toString(16)}`;
    const message = `the log differs from that of ${from} before index ${prevIndex}, term ${prevTerm}: chain CRC ${hex(own)} here, ${hex(prevChainCrc)} there`;
    this.fail({ code: 'DIVERGENCE', message });
    return true;
  }

  private fail(error: PortError): void {
    this.stop();
    this.ports.stateMachine.fatal(error);
  }
}
