import { loadNamesrvConfig } from '../../cluster/namesrv/config.ts';
import { createNameServer } from '../../cluster/namesrv/name-server.ts';
import { applyFault } from '../fault/apply-fault.ts';
import type { Server } from '../fault/fault-world.ts';
import type { Fault } from '../fault/schedule.ts';
import { isExcusedEnd } from '../fault/self-ends.ts';
import type { Judge, Moment } from '../invariant/judge.ts';
import { NoSelfStop } from '../invariant/no-self-stop.ts';
import { nativeReplica } from '../replica/replica-files.ts';
import { atOnce } from '../replica/steps.ts';
import { ImageFiles } from '../sim/image-files.ts';
import type { Scene } from '../sim/scene.ts';
import type { ServerEvents } from '../sim/sim-server.ts';
import type { SimWorld } from '../sim/sim-world.ts';
import type { SetMember } from './confirmed-by-set.ts';
import { controllerFaultKinds } from './controller-fault-kinds.ts';
import type { ControllerSizes } from './controller-sizes.ts';
import { HurtBrokers } from './hurt-brokers.ts';
import { LossPeople } from './loss-people.ts';
import type { SetJudge } from './set-judge.ts';
import { SimBroker } from './sim-broker.ts';
import { controllerMember, SimController } from './sim-controller.ts';
import type { LossAllowed } from './unclean-elections.ts';

/** A supervisor starts a process anew that ended by itself. */
const RESTART_MS = 1_000;

export interface ControllerClusterOptions {
  readonly world: SimWorld;
  readonly judge: SetJudge;
  /** Judges the controllers' own group. */
  readonly controllerJudge: Judge;
  readonly brokerNames: readonly string[];
  readonly controllerNames: readonly string[];
  readonly sizes: ControllerSizes;
}

/** A name server, controllers, and the brokers of one set, all real, in a world. */
export class ControllerCluster implements Scene {
  readonly world: SimWorld;
  readonly judge: SetJudge;
  readonly nodes: readonly SimBroker[];
  readonly controllers: readonly SimController[];
  readonly syncFlush: boolean;
  readonly limits = { serveMs: 10_000, serveLateMs: 10_000, convergeMs: 10_000, calmMs: 5_000, mostHit: 1 };
  readonly #noSelfStop = new NoSelfStop();
  readonly #controllerJudge: Judge;
  readonly #byProcess = new Map<number, { readonly server: Server; readonly look: () => void }>();
  readonly #hurt: HurtBrokers;
  readonly #lossAllowed: LossAllowed | undefined;
  readonly #hasRetention: boolean;
  #ambushes: { readonly moment: Moment; readonly untilMs: number; readonly strike: (server: Server) => void }[] = [];

  constructor(options: ControllerClusterOptions) {
    const { world, judge, controllerJudge, brokerNames, controllerNames, sizes } = options;
    this.world = world;
    this.judge = judge;
    this.#controllerJudge = controllerJudge;
    this.syncFlush = sizes.syncFlush;
    this.#lossAllowed = sizes.lossAllowed;
    this.#hasRetention = sizes.hasRetention;
    world.host('ns');
    this.controllers = controllerNames.map((name) => {
      return new SimController(world, name, sizes, this.#controllerEvents());
    });
    this.nodes = brokerNames.map((name) => new SimBroker(world, name, sizes.brokers, this.#brokerEvents()));
    this.#hurt = new HurtBrokers(this);
    world.loop.afterEvent = (owner) => {
      // In the middle of a turn its parts are not at one yet: what was decided is done at the end.
      if (owner === undefined || owner.turn.length > 0 || !owner.alive) return;
      this.#byProcess.get(owner.id)?.look();
    };
    world.loop.onThrow = (owner, thrown) => {
      const known = owner === undefined ? undefined : this.#byProcess.get(owner.id);
      if (known === undefined) throw thrown;
      known.server.crashed(thrown);
    };
  }

  start(): void {
    this.startNameServer();
    for (const server of [...this.controllers, ...this.nodes]) this.startNode(server);
    if (this.#lossAllowed !== undefined || this.#hasRetention) this.#startPeople();
  }

  #startPeople(): void {
    const people = new LossPeople(this, this.#lossAllowed);
    this.world.logBook.heard = (line) => {
      this.judge.heard(line);
      people.heard(line);
    };
    people.begin();
  }

  startNameServer(): void {
    if (this.world.host('ns').process !== undefined) return;
    const nameServer = createNameServer(this.world.start('ns'), loadNamesrvConfig('', '/home').config);
    nameServer.start().catch((error: Error) => this.judge.broken('name-server', error.message));
  }

  startNode(server: Server): void {
    if (server.process !== undefined) return;
    server.start();
    const broker = this.judge.brokers.find(({ name }) => name === server.name);
    const watch = broker ?? this.#controllerJudge.watch(server.name);
    this.#byProcess.set((server.process as unknown as { id: number }).id, { server, look: () => watch.look() });
  }

  // --- who is who --------------------------------------------------------------------------------------------------

  /** The broker that takes itself for the master, of the highest epoch if there are several. */
  leader(): SimBroker | undefined {
    const masters = this.judge.brokers.filter(({ ledEpoch }) => ledEpoch > 0);
    const newest = masters.sort((a, b) => b.ledEpoch - a.ledEpoch)[0];
    return newest && this.nodes.find(({ name }) => name === newest.name);
  }

  /** The broker that serves in the epoch on which the controllers agreed last. */
  master(): SimBroker | undefined {
    const epoch = this.judge.brokerSet?.masterEpoch;
    return this.nodes.find(({ broker }) => {
      const node = broker?.parts.node;
      return node?.serving === true && node.masterEpoch === epoch;
    });
  }

  /** The controller that leads, in the highest term if several do. */
  leadingController(): SimController | undefined {
    const leaders = this.controllers.filter((one) => one.program?.parts.replica.isLeader);
    const termOf = (one: SimController): number => one.program?.parts.replica.term ?? 0;
    return leaders.sort((a, b) => termOf(b) - termOf(a))[0];
  }

  membersOf(ids: readonly number[]): readonly SetMember[] {
    return this.nodes
      .filter((node) => ids.includes(node.brokerId))
      .map((node) => {
        const { name, files } = this.#watch(node);
        return { name, files, isHurt: this.#hurt.has(node) };
      });
  }

  isSetBack(brokerId: number): boolean {
    return this.nodes.some((node) => node.brokerId === brokerId && this.#hurt.isSetBack(node));
  }

  /** Whether a broker cannot follow the master before it is emptied: that one has removed what would follow, or, where a loss is allowed, has another log; false while there is none. */
  mustBeEmptied(node: SimBroker): boolean {
    const master = this.master();
    if (master === undefined || master === node) return false;
    const [own, other] = [this.#watch(node), this.#watch(master)];
    // In doubt it trusts nothing behind its newest recovery point, which may be anywhere in its log.
    const agrees = node.inDoubt ? own.begin : this.judge.commonEnd(own);
    if (agrees < other.begin) return true;
    if (this.#lossAllowed === undefined) return false;
    return own.end > other.end || !own.files.read(0, own.end, 'cache').equals(other.files.read(0, own.end, 'cache'));
  }

  #watch({ name }: SimBroker) {
    return this.judge.brokers.find((watch) => watch.name === name)!;
  }

  get founded(): boolean {
    return this.judge.ledger.lastIndex > 0;
  }

  // --- faults ------------------------------------------------------------------------------------------------------

  hit(fault: Fault): boolean {
    return applyFault(controllerFaultKinds, this, fault);
  }

  hurt(server: Server): void {
    this.#hurt.add(server);
  }

  /** It has an older state of its disk. */
  setBack(server: Server): void {
    this.#hurt.addSetBack(server);
  }

  mayHurt(server: Server): boolean {
    return this.#hurt.mayAdd(server);
  }

  /** What cannot be noted in the file of epochs puts nothing in doubt that is in the log. */
  mayFail(server: Server, path: string): boolean {
    return path.includes('epochFile') || this.#hurt.isCovered(server);
  }

  mayLosePower(server: Server): boolean {
    return this.syncFlush || this.mayHurt(server);
  }

  lieInWait(moment: Moment, strike: (server: Server) => void, forMs = Number.POSITIVE_INFINITY): void {
    this.#ambushes.push({ moment, untilMs: this.world.loop.nowMs + forMs, strike });
  }

  moment(name: string, moment: Moment): void {
    if (this.#ambushes.length === 0) return;
    this.#ambushes = this.#ambushes.filter(({ untilMs }) => untilMs > this.world.loop.nowMs);
    const at = this.#ambushes.findIndex((ambush) => ambush.moment === moment);
    if (at < 0) return;
    const [ambush] = this.#ambushes.splice(at, 1);
    const server = [...this.nodes, ...this.controllers].find((one) => one.name === name);
    if (server !== undefined) ambush?.strike(server);
  }

  later(ms: number, run: () => void): void {
    this.world.loop.schedule(ms * 1_000, undefined, run);
  }

  heal(): void {
    this.#ambushes.length = 0;
    this.note('', 'healed');
    for (const server of [...this.controllers, ...this.nodes]) {
      server.host.image.forgetErrors();
      this.startNode(server);
    }
  }

  // --- how it is ---------------------------------------------------------------------------------------------------

  serves(): boolean {
    return this.master() !== undefined;
  }

  servesClients(): boolean {
    const master = this.master();
    return master !== undefined && this.world.fabric.clientsReach(master.name);
  }

  converged(): boolean {
    const { brokerSet, brokers } = this.judge;
    const end = brokers[0]?.end;
    if (this.master() === undefined || brokerSet === undefined || !this.#controllersAgree()) return false;
    return this.nodes.every((node) => {
      const { running, end: own, shown, applied, parts } = this.#watch(node);
      if (!running || !brokerSet.syncStateSet.includes(node.brokerId) || node.inDoubt) return false;
      return own === end && shown === end && applied === end && parts.log.writtenPosition === end;
    });
  }

  #controllersAgree(): boolean {
    const watches = this.controllers.map(({ name }) => this.#controllerJudge.watch(name));
    const last = watches[0]?.lastIndex;
    return watches.every(({ running, lastIndex, applied, log }) => {
      if (!running || lastIndex !== last || applied !== last) return false;
      const { writtenPosition, endPosition } = log.segments;
      return writtenPosition === endPosition;
    });
  }

  isRotten(): boolean {
    return false;
  }

  isDelivered(): boolean {
    const store = this.master()?.broker?.parts.store;
    const begins = this.judge.brokers.map(({ begin }) => begin);
    return store !== undefined && this.judge.delays.isDoneFrom(Math.max(...begins));
  }

  replicas(): ReturnType<Scene['replicas']> {
    return () => {
      const { bytes } = this.judge;
      const firstOf = (position: number): number => bytes.recordsBefore(position) + 1;
      const states = this.nodes.map(({ name, host }) => {
        return atOnce(nativeReplica(new ImageFiles(host.image), name, '/store', firstOf));
      });
      return { states, events: [] };
    };
  }

  unwell(): readonly string[] {
    const { syncStateSet = [] } = this.judge.brokerSet ?? {};
    const brokers = this.nodes.filter((node) => {
      return !node.running || node.paused || node.inDoubt || !syncStateSet.includes(node.brokerId);
    });
    const controllers = this.controllers.filter(({ running, paused }) => !running || paused);
    return [...brokers, ...controllers].map(({ name }) => name);
  }

  state(): string {
    const leaderless = this.leader() === undefined || this.leadingController() === undefined;
    const down = [...this.nodes, ...this.controllers].some(({ running }) => !running);
    if (down) return leaderless ? 'down, leaderless' : 'down';
    if (leaderless) return 'leaderless';
    if (this.master() === undefined) return 'electing';
    return this.nodes.some(({ inDoubt }) => inDoubt) ? 'in doubt' : 'steady';
  }

  describe(): string {
    const set = this.judge.brokerSet;
    const agreed = `agreed: master ${set?.masterId} of epoch ${set?.masterEpoch}, in sync ${set?.syncStateSet.join(' ')}`;
    const brokers = this.nodes.map((node) => {
      if (node.broker === undefined) return `${node.name}: down`;
      const { role, masterEpoch, maxPosition, confirmPosition } = node.broker.roles.position();
      return `${node.name}: id ${node.brokerId} ${role} epoch ${masterEpoch} doubt ${node.inDoubt} end ${maxPosition} confirmed ${confirmPosition} ${node.broker.status().problem ?? ''}`;
    });
    const controllers = this.controllers.map(({ name, program }) => {
      if (program === undefined) return `${name}: down`;
      const { role, term, commitIndex } = program.status().raft;
      return `${name}: ${role} term ${term} commit ${commitIndex}`;
    });
    return [agreed, ...brokers, ...controllers].join('; ');
  }

  note(server: string, what: string, a = 0, b = 0): void {
    this.world.loop.trace.note(this.world.loop.nowMicros, server, what, a, b);
  }

  // --- what becomes of processes -----------------------------------------------------------------------------------

  #brokerEvents(): ServerEvents<SimBroker> {
    return {
      opened: (node) => {
        this.note(node.name, 'opened', node.starts, node.brokerId);
        const watch = this.#watch(node);
        watch.opened(node.broker!);
        watch.look();
      },
      gone: (node) => {
        this.note(node.name, 'gone', node.starts);
        this.#watch(node).gone();
      },
      failed: (node, code, why) => this.#failed(node, code, why),
    };
  }

  #controllerEvents(): ServerEvents<SimController> {
    return {
      opened: (server) => {
        const member = controllerMember(server.program!);
        this.note(server.name, 'opened', server.starts, member.storage.hardState.record.incarnation);
        this.#controllerJudge.opened(server.name, member, server);
      },
      gone: ({ name, starts }) => {
        this.note(name, 'gone', starts);
        this.#controllerJudge.gone(name);
      },
      failed: (server, code, why) => this.#failed(server, code, why),
    };
  }

  #failed(server: Server, code: string, why: string): void {
    this.note(server.name, 'failed', code.length);
    const text = this.#noSelfStop.ended(server.name, { code, why, isExcused: isExcusedEnd(server, code) });
    if (text !== undefined) this.judge.broken(this.#noSelfStop.name, text);
    this.later(RESTART_MS, () => this.startNode(server));
  }
}
