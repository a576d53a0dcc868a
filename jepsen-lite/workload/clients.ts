import type { History } from '../checker/history.ts';
import type { MetadataKept } from '../invariant/metadata-kept.ts';
import { Chance } from '../sim/chance.ts';
import type { Scene, SceneJudge } from '../sim/scene.ts';
import { runAdministrator } from './administrator.ts';
import { runCommitter } from './committer.ts';
import { Consumption } from './consumption.ts';
import { runDelaySender } from './delay-sender.ts';
import { runHurriedReader } from './hurried-reader.ts';
import { runIdleSender } from './idle-sender.ts';
import { runLengthReader } from './length-reader.ts';
import { runOffsetRegisters } from './offset-registers.ts';
import { runPushMember } from './push-member.ts';
import { runReader } from './reader.ts';
import { runSender } from './sender.ts';
import { runStaleReader } from './stale-reader.ts';
import { runStaleSender } from './stale-sender.ts';
import { runTopicSettings } from './topic-settings.ts';
import type { Client, Workload } from './workload.ts';

const TOPICS = ['A', 'B'];
/** Port for clients of every broker. */
export const LISTEN_PORT = 30_911;

/** The group whose members consume all topics. */
export const CONSUMER_GROUP = 'g0';

/** All clients of a run. */
export class Clients implements Workload {
  readonly history: History;
  readonly judge: SceneJudge;
  readonly topics = TOPICS;
  readonly nameServer = 'ns:9876';
  stopped = false;
  consumersStopped = false;
  readonly consumption = new Consumption();
  readonly counts = { acknowledged: 0, refused: 0, unknown: 0 };
  readonly #scene: Scene;
  #processes = 0;
  #values = 0;
  #running = 0;
  #consuming = 0;

  constructor(scene: Scene, history: History) {
    this.#scene = scene;
    this.history = history;
    this.judge = scene.judge;
  }

  /** Whether every client but the consumers has come to its end. */
  get idle(): boolean {
    return this.#running === 0;
  }

  /** Whether the consumers have. */
  get consumersIdle(): boolean {
    return this.#consuming === 0;
  }

  /** Operations that ended. */
  get operations(): number {
    const { acknowledged, refused, unknown } = this.counts;
    return acknowledged + refused + unknown;
  }

  readonly ended = (outcome: 'ok' | 'fail' | 'info'): void => {
    if (outcome === 'ok') this.counts.acknowledged++;
    else if (outcome === 'fail') this.counts.refused++;
    else this.counts.unknown++;
    this.#scene.note('', outcome === 'info' ? 'unknown' : outcome, this.#values);
  };

  nowNs(): number {
    return this.#scene.world.loop.nowMicros * 1_000;
  }

  newProcess(): number {
    return this.#processes++;
  }

  newValue(): string {
    return `#${this.#values++}`;
  }

  /** Lets a client run until it ends by itself. */
  begin(run: Promise<void>): void {
    this.#running++;
    this.#hear(run, () => this.#running--);
  }

  /** The same for a consumer. */
  beginConsumer(run: Promise<void>): void {
    this.#consuming++;
    this.#hear(run, () => this.#consuming--);
  }

  #hear(run: Promise<void>, ended: () => void): void {
    run.then(ended, (error: Error) => this.judge.broken('client', error.stack ?? error.message));
  }
}

/** Starts the clients of a run, on machines of their own. */
export function startClients(scene: Scene, history: History, metadata: MetadataKept, seed: number): Clients {
  const clients = new Clients(scene, history);
  const client = (name: string): Client => ({
    process: scene.world.start(name),
    chance: new Chance(seed, `client/${name}`),
  });
  const addresses = scene.nodes.map(({ host }) => `${host.ip}:${LISTEN_PORT}`);
  const sending = { slots: 2, pauseMs: 600, batch: 8, bodyBytes: 400, timeoutMs: 3_000 };
  clients.begin(runSender(clients, client('c0'), 'p0', sending));
  clients.begin(runSender(clients, client('c1'), 'p1', { ...sending, slots: 1, timeoutMs: 1_000 }));
  clients.begin(runStaleSender(clients, client('c2'), addresses, 400));
  clients.begin(runIdleSender(clients, client('c7'), addresses, 20_000));
  clients.begin(runStaleReader(clients, client('c8'), addresses, 600));
  clients.begin(runLengthReader(clients, client('c9'), addresses, 400));
  clients.begin(runReader(clients, client('c3'), 'r0', 400));
  clients.begin(runCommitter(clients, client('c4'), metadata, addresses, 600));
  clients.beginConsumer(runPushMember(clients, client('c5'), CONSUMER_GROUP, 20_000));
  clients.begin(runAdministrator(clients, client('c6'), metadata, addresses, 1_500));
  clients.begin(runOffsetRegisters(clients, client('c10'), addresses, 300));
  clients.begin(runTopicSettings(clients, client('c11'), addresses, 2_000));
  clients.begin(runDelaySender(clients, client('c12'), addresses, 1_000));
  // In every fourth run two share the queues, and each that leaves or comes moves some of them.
  if (new Chance(seed, 'second consumer').happens(0.25))
    clients.beginConsumer(runPushMember(clients, client('c13'), CONSUMER_GROUP, 10_000));
  if (new Chance(seed, 'hurried reader').happens(0.125))
    clients.begin(runHurriedReader(clients, client('c14'), addresses));
  return clients;
}
