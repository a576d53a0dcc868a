import { describeMembers } from '../../raft/core/describe-ready.ts';
import type { HardState, MemberSet, Message, NodeId, PeerHello } from '../../raft/core/types.ts';
import type { PortError, RoleChange } from '../../raft/driver/ports.ts';
import { Replica } from '../../raft/driver/replica.ts';
import { type ReplicaConfig, replicaDefaults } from '../../raft/driver/replica-config.ts';
import { MemoryLog } from '../../raft/index.ts';
import { Invariants } from './invariants.ts';

/** What survives a crash. `written` is in the page cache, `synced` on the platter. */
export class SimDisk {
  written = new MemoryLog();
  synced = new MemoryLog();
  state: HardState = { term: 0, vote: '', fresh: true };
  inDoubt = false;
  incarnation = 0;
  full = false;
  persistMs = 1;
}

/** Faults of the network, drawn per message. */
export interface Noise {
  drop: number;
  reorder: number;
  duplicate: number;
  delayMs: number;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A small, fast random stream (mulberry32). */
export function randomStream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Replicas over a virtual network with a virtual clock and seeded chance: a failing run is its seed. */
export class World {
  readonly random: () => number;
  readonly hosts = new Map<NodeId, Host>();
  readonly invariants = new Invariants();
  readonly noise: Noise = { drop: 0, reorder: 0, duplicate: 0, delayMs: 1 };
  /** Links that are cut, as `from>to`; frames vanish, and dialing fails silently. */
  readonly cuts = new Set<string>();
  nowMs = 0;
  private heap: Event[] = [];
  private order = 0;

  /** `config.voters`: not all of them are members at the start. */
  constructor(seed: number, ids: readonly NodeId[], config: Partial<ReplicaConfig> = {}) {
    this.random = randomStream(seed);
    for (const id of ids) {
      this.hosts.set(id, new Host(this, { ...replicaDefaults, ...config, id, voters: config.voters ?? ids }));
    }
  }

  host(id: NodeId): Host {
    return this.hosts.get(id) as Host;
  }

  startAll(): void {
    for (const host of this.hosts.values()) host.start();
  }

  after(delayMs: number, run: () => void): void {
    const event = { at: this.nowMs + delayMs, order: this.order++, run };
    let low = 0;
    let high = this.heap.length;
    // Kept in descending order: the next event is the last one.
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.heap[middle] as Event;
      if (other.at > event.at || (other.at === event.at && other.order > event.order)) low = middle + 1;
      else high = middle;
    }
    this.heap.splice(low, 0, event);
  }

  /** Runs until `ms` have passed, or until `done` holds after an event; tells whether it did. */
  run(ms: number, done: () => boolean = () => false): boolean {
    const end = this.nowMs + ms;
    while (!done()) {
      const next = this.heap.at(-1);
      if (!next || next.at > end) {
        this.nowMs = end;
        return false;
      }
      this.heap.pop();
      this.nowMs = next.at;
      next.run();
    }
    return true;
  }

  /** The ready leader of the highest term. */
  leader(): Host | undefined {
    let best: Host | undefined;
    for (const host of this.hosts.values()) {
      const status = host.replica?.status();
      if (status?.role === 'leader' && status.ready && status.term > (best?.replica?.term ?? -1)) best = host;
    }
    return best;
  }

  /** Waits for a ready leader. */
  elect(ms = 10_000): Host {
    if (!this.run(ms, () => this.leader() !== undefined)) throw new Error(`no leader: ${this.describe()}`);
    return this.leader() as Host;
  }

  /** Waits for a ready leader whose followers are whole and have everything. */
  settle(): Host {
    this.elect();
    if (!this.run(10_000, () => this.converged())) throw new Error(`not settled: ${this.describe()}`);
    return this.leader() as Host;
  }

  /** Every member that is up has committed and applied the leader's whole log, none is in doubt, and the leader knows it. */
  converged(): boolean {
    const leader = this.leader();
    const members = leader?.replica?.status();
    if (!leader || !members || members.peers.some(({ connected, inDoubt }) => connected && inDoubt)) return false;
    return [...members.voters, ...members.learners].every((id) => {
      const status = this.host(id).replica?.status();
      return !status || (status.appliedIndex === leader.log.lastIndex && !status.inDoubt);
    });
  }

  describe(): string {
    return JSON.stringify([...this.hosts.values()].map((host) => host.replica?.status() ?? `${host.id} down`));
  }

  cut(a: NodeId, b: NodeId): void {
    this.cuts.add(`${a}>${b}`).add(`${b}>${a}`);
  }

  isolate(id: NodeId): void {
    for (const other of this.hosts.keys()) if (other !== id) this.cut(id, other);
  }

  heal(): void {
    this.cuts.clear();
  }
}

/** One machine: its disk stays, its process comes and goes. */
export class Host {
  readonly id: NodeId;
  readonly config: ReplicaConfig;
  disk = new SimDisk();
  log = new MemoryLog();
  replica: Replica | undefined;
  fatal: PortError | undefined;
  roles: RoleChange[] = [];
  memberSets: MemberSet[] = [];
  sent: Message[] = [];
  readonly world: World;
  private epoch = 0;
  private readonly dialed = new Map<NodeId, number>();
  private readonly seen = new Map<NodeId, number>();
  private persisting: (() => void) | undefined;

  constructor(world: World, config: ReplicaConfig) {
    this.world = world;
    this.config = config;
    this.id = config.id;
  }

  /** Starts the process; `inDoubt`: the start found a reason for doubt. */
  start(inDoubt = false, config: Partial<ReplicaConfig> = {}): void {
    const { disk, world } = this;
    const epoch = ++this.epoch;
    disk.incarnation++;
    disk.inDoubt ||= inDoubt || disk.written.lastIndex === 0;
    this.log = new MemoryLog(disk.written.entries);
    this.roles = [];
    this.memberSets = [];
    this.seen.clear();
    const alive = () => this.epoch === epoch;
    const later = (ms: number, run: () => void) => world.after(ms, () => alive() && run());
    const log = Object.assign(this.log, {
      persist: (sync: boolean, done: (error: PortError | undefined, upTo: number) => void) => {
        if (disk.full) return later(disk.persistMs, () => done({ code: 'ENOSPC', message: 'full' }, 0));
        const content = new MemoryLog(this.log.entries);
        this.persisting = () => {
          disk.written = content;
          if (sync) disk.synced = content;
          this.persisting = undefined;
        };
        later(disk.persistMs * (0.5 + world.random()), () => {
          this.persisting?.();
          done(undefined, content.lastIndex);
        });
      },
      load: () => {
        throw new Error('all entries are in memory');
      },
    });
    this.replica = new Replica(
      { ...this.config, ...config },
      { hardState: disk.state, inDoubt: disk.inDoubt, appliedIndex: 0, members: log.membersIn(1, log.lastIndex) },
      {
        log,
        hardState: {
          save: (state, done) =>
            later(disk.persistMs, () => {
              disk.state = state;
              done(undefined);
            }),
          saveDoubt: (doubt, done) =>
            later(disk.persistMs, () => {
              disk.inDoubt = doubt;
              disk.state = { ...disk.state, fresh: disk.state.fresh && doubt };
              done(undefined);
            }),
        },
        transport: { send: (message) => this.send(message), flush: () => {} },
        stateMachine: {
          committed: (index) => world.invariants.committed(this.id, this.log, index, this.replica?.term ?? 0),
          roleChanged: (change) => {
            this.roles.push(change);
            if (change.role === 'leader') world.invariants.leads(this.id, change.term, this.log);
          },
          leaderReady: () => {},
          appendNoop: (term) => this.log.push({ term, value: 'noop', size: 100 }),
          appendMembers: (term, members) =>
            this.log.push({ term, value: describeMembers(members), size: 100, members }),
          membersChanged: (members) => this.memberSets.push(members),
          fatal: (error) => {
            this.fatal = error;
          },
        },
        scheduler: {
          endOfTurn: (callback) => later(0, callback),
          random: world.random,
          monotonicMs: () => world.nowMs,
        },
      },
    );
    this.replica.start();
    const tick = () => {
      this.replica?.tick();
      later(this.config.tickMs, tick);
    };
    later(world.random() * this.config.tickMs, tick);
    for (const other of world.hosts.values()) if (other.id !== this.id) this.dial(other, later, 5);
  }

  /** Kills the process; with `machine` the unsynced bytes go too. A persist in flight may have happened or not. */
  crash(machine = false): void {
    if (!this.replica) return;
    if (this.world.random() < 0.5) this.persisting?.();
    this.persisting = undefined;
    if (machine) this.disk.written = new MemoryLog(this.disk.synced.entries);
    else this.disk.synced = new MemoryLog(this.disk.written.entries);
    this.replica.stop();
    this.replica = undefined;
    this.epoch++;
    this.dialed.clear();
  }

  /** Loses the disk; the incarnation goes on as the handshake arranges (FORMATS.md section 4). */
  wipe(): void {
    const { incarnation } = this.disk;
    this.disk = new SimDisk();
    this.disk.incarnation = incarnation;
  }

  /** Proposes a value; its index, or why not. */
  propose(value: string): number | string {
    const refusal = this.replica ? this.replica.refusal() : 'down';
    if (refusal !== undefined || !this.replica) return refusal ?? 'down';
    this.log.push({ term: this.replica.term, value, size: 100 });
    this.replica.appended();
    return this.log.lastIndex;
  }

  hello(): PeerHello {
    const { lastIndex, entries } = this.log;
    const status = this.replica?.status();
    return {
      id: this.id,
      incarnation: this.disk.incarnation,
      inDoubt: status?.inDoubt ?? true,
      fresh: status?.fresh ?? true,
      lastIndex,
      lastTerm: entries.at(-1)?.term ?? 0,
    };
  }

  private open(from: Host, to: Host): boolean {
    return !this.world.cuts.has(`${from.id}>${to.id}`);
  }

  /** Keeps a connection to a peer: watches the one that is open, dials where there is none. */
  private dial(peer: Host, later: (ms: number, run: () => void) => void, backoffMs: number): void {
    const reachable = this.open(this, peer) && this.open(peer, this);
    const epoch = this.dialed.get(peer.id);
    let waitMs = backoffMs;
    if (epoch !== undefined && epoch !== peer.epoch && reachable) {
      this.dialed.delete(peer.id);
      this.replica?.closed(peer.id);
      waitMs = 1;
    } else if (epoch === undefined && reachable) {
      if (peer.replica) {
        this.dialed.set(peer.id, peer.epoch);
        this.seen.set(peer.id, peer.disk.incarnation);
        peer.seen.set(this.id, this.disk.incarnation);
        this.replica?.connected(peer.hello());
      } else {
        this.replica?.closed(peer.id);
        waitMs = 50;
      }
    }
    later(waitMs, () => this.dial(peer, later, 5));
  }

  /** The network may break a connection without killing anyone. */
  reset(peer: NodeId): void {
    if (this.dialed.delete(peer)) this.replica?.closed(peer);
  }

  private send(message: Message): void {
    const { world } = this;
    this.sent.push(message);
    if (this.sent.length > 500) this.sent.splice(0, 250);
    const peer = world.host(message.to);
    const epoch = this.dialed.get(message.to);
    const { incarnation } = this.disk;
    if (epoch === undefined || world.random() < world.noise.drop) return;
    const copies = world.random() < world.noise.duplicate ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      const late = world.random() < world.noise.reorder ? world.random() * 100 * world.noise.delayMs : 0;
      world.after(world.noise.delayMs + late, () => {
        if (!this.open(this, peer) || peer.epoch !== epoch) return;
        if ((peer.seen.get(this.id) ?? 0) <= incarnation) peer.replica?.receive(message);
      });
    }
  }
}
