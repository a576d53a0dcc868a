import { loadNamesrvConfig } from '../../cluster/namesrv/config.ts';
import { createNameServer } from '../../cluster/namesrv/name-server.ts';
import type { ReplicaEvent } from '../checker/replica-state.ts';
import { applyFault } from '../fault/apply-fault.ts';
import { faultKinds } from '../fault/fault-kinds.ts';
import type { Fault } from '../fault/schedule.ts';
import { isExcusedEnd } from '../fault/self-ends.ts';
import type { DelaysInTime } from '../invariant/delays-in-time.ts';
import { HandsOver } from '../invariant/hands-over.ts';
import type { Judge, Moment } from '../invariant/judge.ts';
import { NoSelfStop } from '../invariant/no-self-stop.ts';
import { dledgerMember } from '../invariant/raft-member.ts';
import { groupReplica } from '../replica/replica-files.ts';
import { atOnce } from '../replica/steps.ts';
import { LISTEN_PORT } from '../workload/clients.ts';
import { ImageFiles } from './image-files.ts';
import type { ReignEnd, Scene, SceneLimits } from './scene.ts';
import { SimNode } from './sim-node.ts';
import type { ServerEvents } from './sim-server.ts';
import type { SimWorld } from './sim-world.ts';
import { otherFlushMode, type Sizes } from './sizes.ts';

/** Port for the other members. */
export const PEER_PORT = 40_911;
/** A supervisor starts a process anew that ended by itself. */
const RESTART_MS = 1_000;

/** What becomes of a cluster's members. */
export interface ClusterOptions {
  readonly world: SimWorld;
  readonly judge: Judge;
  readonly delays: DelaysInTime;
  /** What happened on the members so far. */
  readonly events: readonly ReplicaEvent[];
  readonly nodeCount: number;
  readonly sizes: Sizes;
  /** The last member has the other flush mode: each follows that of whoever leads (raft/SAFETY.md 7). */
  readonly isMixed: boolean;
}

/** A name server and the members of one group, all real, in a world. */
export class Cluster implements Scene, ServerEvents<SimNode> {
  readonly world: SimWorld;
  readonly judge: Judge;
  readonly nodes: readonly SimNode[];
  /** Acknowledgements mean "fsynced". */
  readonly syncFlush: boolean;
  readonly limits: SceneLimits;
  readonly #delays: DelaysInTime;
  readonly #events: readonly ReplicaEvent[];
  readonly #noSelfStop = new NoSelfStop();
  readonly #byProcess = new Map<number, SimNode>();
  /** Members that may lack what they acknowledged, with the number of their start then. */
  readonly #hurt = new Map<SimNode, number>();
  #ambushes: { readonly moment: Moment; readonly untilMs: number; readonly strike: (node: SimNode) => void }[] = [];
  /** A member is removed, or not yet a voter again: the others alone decide, and lack nobody. */
  reduced = false;
  /** Set when faults are over: from now on everything must work. */
  healed = false;

  constructor({ world, judge, delays, events, nodeCount, sizes, isMixed }: ClusterOptions) {
    const { conf } = sizes;
    this.world = world;
    const mostHit = Math.floor((nodeCount - 1) / 2);
    this.limits = { serveMs: 3_000, serveLateMs: 5_000, convergeMs: 5_000, calmMs: 2_000, mostHit };
    this.syncFlush = !isMixed && !conf.includes('ASYNC_FLUSH');
    this.judge = judge;
    this.#delays = delays;
    this.#events = events;
    const names = Array.from({ length: nodeCount }, (_, number) => `n${number}`);
    const peers = names.map((name) => `${name}-${name}:${PEER_PORT}`).join(';');
    const lines = `${SETTINGS}dLegerPeers=${peers}\n${conf}`;
    world.host('ns');
    this.nodes = names.map((name, at) => {
      const own = isMixed && at === nodeCount - 1 ? otherFlushMode(lines) : lines;
      return new SimNode(world, name, { ...sizes, conf: own }, this);
    });
    world.loop.afterEvent = (owner) => {
      // In the middle of a turn a member's core is ahead of its log: what it decided is done at the end.
      if (owner === undefined || owner.turn.length > 0 || !owner.alive) return;
      const node = this.#byProcess.get(owner.id);
      if (node !== undefined) judge.watch(node.name).look();
    };
    world.loop.onThrow = (owner, thrown) =>
      this.#threw(owner === undefined ? undefined : this.#byProcess.get(owner.id), thrown);
  }

  start(): void {
    this.startNameServer();
    for (const node of this.nodes) this.startNode(node);
  }

  /** Starts the name server, which knows nothing yet, unless it runs. */
  startNameServer(): void {
    if (this.world.host('ns').process !== undefined) return;
    const nameServer = createNameServer(this.world.start('ns'), loadNamesrvConfig('', '/home').config);
    nameServer.start().catch((error: Error) => this.judge.broken('name-server', error.message));
  }

  startNode(node: SimNode): void {
    if (node.process !== undefined) return;
    node.start();
    this.#byProcess.set((node.process as unknown as { id: number }).id, node);
  }

  node(name: string): SimNode {
    return this.nodes.find((node) => node.name === name) as SimNode;
  }

  /** The member that leads in the highest term, if one does. */
  leader(): SimNode | undefined {
    let leader: SimNode | undefined;
    let term = -1;
    for (const node of this.nodes) {
      const { replica } = this.judge.watch(node.name);
      if (!node.running || !replica.isLeader || replica.term <= term) continue;
      leader = node;
      term = replica.term;
    }
    return leader;
  }

  /** The member that says that it serves, if exactly one does. */
  serving(): SimNode | undefined {
    const serving = this.nodes.filter(({ broker }) => broker?.parts.group.mastership.serving);
    return serving.length === 1 ? serving[0] : undefined;
  }

  serves(): boolean {
    return this.serving() !== undefined;
  }

  servesClients(): boolean {
    const serving = this.serving();
    return serving !== undefined && this.world.fabric.clientsReach(serving.name);
  }

  isRotten(): boolean {
    return this.nodes.some(({ isRotten }) => isRotten);
  }

  isDelivered(): boolean {
    // Whoever led may have gone on behind what it had no longer.
    const starts = this.nodes.map(({ broker }) => broker?.parts.data.store.minPosition ?? 0);
    return this.#delays.isDoneFrom(Math.max(...starts));
  }

  replicas(): ReturnType<Scene['replicas']> {
    const commits = this.nodes.map(({ name }) => this.judge.watch(name).commit);
    return () => {
      const states = this.nodes.map(({ name, host }, at) => {
        const files = new ImageFiles(host.image);
        return atOnce(groupReplica(files, name, `/store/dledger-${name}`, '/store', commits[at] ?? 0));
      });
      return { states, events: this.#events };
    };
  }

  endsReign(): ReignEnd | undefined {
    const leader = this.leader();
    if (leader?.broker === undefined) return undefined;
    const { term, peers } = leader.broker.status();
    const invariant = new HandsOver({ name: leader.name, term }, peers);
    return {
      leader,
      gone: () => {
        const next = this.leader();
        const reign = next && { name: next.name, term: this.judge.watch(next.name).replica.term };
        const text = invariant.gone(reign);
        if (text !== undefined) this.judge.broken(invariant.name, text);
      },
    };
  }

  hit(fault: Fault): boolean {
    return applyFault(faultKinds, this, fault);
  }

  /** Whether all members run, have applied the same and all there is, and have it in their files. */
  converged(): boolean {
    const first = this.judge.watch((this.nodes[0] as SimNode).name);
    return this.nodes.every(({ name, running }) => {
      const watch = this.judge.watch(name);
      if (!running || watch.applied !== watch.lastIndex || watch.lastIndex !== first.lastIndex) return false;
      const { segments } = watch.log;
      return segments.writtenPosition === segments.endPosition;
    });
  }

  /** Faults are over: everybody gets what is needed to go on. */
  heal(): void {
    this.healed = true;
    this.#ambushes.length = 0;
    this.note('', 'healed');
    for (const node of this.nodes) {
      node.host.image.forgetErrors();
      this.startNode(node);
    }
  }

  /** Whether the group exists: its first entry is committed. */
  get founded(): boolean {
    return this.judge.ledger.lastIndex > 0;
  }

  /** The member may lack from now on what it acknowledged, until a leader has made it whole. */
  hurt(node: SimNode): void {
    this.#hurt.set(node, node.starts);
  }

  /** Whether at most a minority would be hurt with this one: more is beyond what the group promises. */
  mayHurt(node: SimNode): boolean {
    if (this.reduced) return false;
    this.#forgetHealed();
    return this.#hurt.size + (this.#hurt.has(node) ? 0 : 1) <= Math.floor((this.nodes.length - 1) / 2);
  }

  /** It counts as hurt from the plan on. */
  mayFail(): boolean {
    return true;
  }

  #forgetHealed(): void {
    for (const one of this.#hurt.keys()) {
      if (!this.#isHealed(one)) continue;
      this.#hurt.delete(one);
      one.isWiped = false;
    }
  }

  /** Whether a leader has made whole who was hurt. */
  #isHealed(node: SimNode): boolean {
    const inDoubt = node.broker?.parts.member.storage.hardState.record.inDoubt ?? true;
    return node.starts > (this.#hurt.get(node) ?? 0) && !inDoubt && !node.awaitsHarm;
  }

  /** Whether a member may be removed: only while nobody is hurt, for the others alone have to know everything. */
  mayReduce(): boolean {
    return this.founded && !this.reduced && this.nodes.every((node) => this.mayHurt(node)) && this.#hurt.size === 0;
  }

  /**
   * Whether the promises cover that this machine loses power now. Under SYNC_FLUSH any number may, but not while another has nothing on its disk: with two of three in doubt a leader needs
   * all votes, and an empty store has none to give (raft/SAFETY.md 2).
   */
  mayLosePower(node: SimNode): boolean {
    if (!this.syncFlush) return this.mayHurt(node);
    this.#forgetHealed();
    return ![...this.#hurt.keys()].some((one) => one !== node && one.isWiped);
  }

  unwell(): readonly string[] | undefined {
    if (this.reduced) return undefined;
    const isUnwell = (node: SimNode): boolean =>
      !node.running || node.paused || node.isRotten || (this.#hurt.has(node) && !this.#isHealed(node));
    return this.nodes.filter(isUnwell).map(({ name }) => name);
  }

  /** In one word, how the group is: for the table of what was hit when. */
  state(): string {
    if (this.nodes.some(({ running }) => !running)) return this.leader() === undefined ? 'down, leaderless' : 'down';
    if (this.leader() === undefined) return 'leaderless';
    if (this.serving() === undefined) return 'electing';
    const inDoubt = this.nodes.some(({ broker }) => broker?.parts.member.storage.hardState.record.inDoubt);
    return inDoubt ? 'in doubt' : 'steady';
  }

  /** One line on each member. */
  describe(): string {
    return this.nodes
      .map(({ name, broker }) => {
        if (broker === undefined) return `${name}: down`;
        const { role, term, leader, ready, inDoubt, lastIndex, commitIndex, appliedIndex } = broker.status();
        return `${name}: ${role} term ${term} leader ${leader} ready ${ready} doubt ${inDoubt} last ${lastIndex} commit ${commitIndex} applied ${appliedIndex}`;
      })
      .join('; ');
  }

  /** Lets something lie in wait for the next moment of a kind, on any member, for so long at most. */
  lieInWait(moment: Moment, strike: (node: SimNode) => void, forMs = Number.POSITIVE_INFINITY): void {
    this.#ambushes.push({ moment, untilMs: this.world.loop.nowMs + forMs, strike });
  }

  moment(name: string, moment: Moment): void {
    if (this.#ambushes.length === 0) return;
    this.#ambushes = this.#ambushes.filter(({ untilMs }) => untilMs > this.world.loop.nowMs);
    const at = this.#ambushes.findIndex((ambush) => ambush.moment === moment);
    const [ambush] = at < 0 ? [] : this.#ambushes.splice(at, 1);
    ambush?.strike(this.node(name));
  }

  /** Does something later, in true time, whoever is alive. */
  later(ms: number, run: () => void): void {
    this.world.loop.schedule(ms * 1_000, undefined, run);
  }

  note(node: string, what: string, a = 0, b = 0): void {
    this.world.loop.trace.note(this.world.loop.nowMicros, node, what, a, b);
  }

  // --- ServerEvents --------------------------------------------------------------------------------------------------

  opened(node: SimNode): void {
    const { wrongLine } = node;
    if (wrongLine?.isRefused === true)
      this.judge.broken(
        'wrong-config-refused',
        `${node.name} starts with ${wrongLine.line}, though its directory is of another group`,
      );
    const member = dledgerMember(node.broker!);
    const { hardState } = member.storage;
    this.note(node.name, 'opened', node.starts, hardState.record.incarnation);
    // Who is in doubt counts for nothing until a leader has made it whole: nobody need refuse it.
    if (hardState.record.inDoubt) node.oldDisk = undefined;
    this.judge.opened(node.name, member, node);
  }

  gone(node: SimNode): void {
    this.note(node.name, 'gone', node.starts);
    this.judge.gone(node.name);
  }

  failed(node: SimNode, code: string, why: string): void {
    this.note(node.name, 'failed', code.length);
    const wasToBeRefused =
      node.wasSetBack || node.wrongLine?.isRefused === true || (code === 'ROT' && node.rottenSince !== undefined);
    if (code === 'IDENTITY') node.oldDisk = undefined;
    const isExcused = wasToBeRefused || isExcusedEnd(node, code);
    const text = this.#noSelfStop.ended(node.name, { code, why, isExcused });
    if (text !== undefined) this.judge.broken(this.#noSelfStop.name, text);
    this.later(RESTART_MS, () => this.startNode(node));
  }

  #threw(node: SimNode | undefined, thrown: unknown): void {
    if (node === undefined) throw thrown;
    node.crashed(thrown);
  }
}

const SETTINGS = `
brokerName=g
brokerClusterName=c
listenPort=${LISTEN_PORT}
namesrvAddr=ns:9876
storePathRootDir=/store
enableDLegerCommitLog=true
dLegerGroup=g
`;
