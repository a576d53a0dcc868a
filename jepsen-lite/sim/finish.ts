import type { Failover, FaultBand } from '../checker/availability.ts';
import type { StoredQueues } from '../checker/consumption.ts';
import type { History } from '../checker/history.ts';
import { judgeRun, type PlayedRun } from '../checker/judge-run.ts';
import { Liveness } from '../invariant/liveness.ts';
import { RemovedByRetention } from '../invariant/removed-by-retention.ts';
import { type Clients, CONSUMER_GROUP, LISTEN_PORT } from '../workload/clients.ts';
import { drain } from '../workload/drain.ts';
import { IDLE_TOPIC } from '../workload/idle-sender.ts';
import { judgeOnewayOffsets } from '../workload/oneway-offsets.ts';
import { readTopicSettings } from '../workload/topic-settings.ts';
import type { Scene, SceneJudge } from './scene.ts';
import type { SimProcess } from './sim-process.ts';

/** Clients end what they are at. */
const CLIENTS_END_MS = 15_000;
/** What rotted below a snapshot is found by the next pass of the scrub, which reads 1 MiB a second. */
const REPAIR_MS = 60_000;
/** The longest delay that is sent, and the pauses between two looks. */
const DELIVERY_MS = 15_000;
const DRAIN_MS = 60_000;
/** A consumer that came back long ago has found its queues, their leader, and read all. */
const CONSUME_MS = 60_000;
/** An orderly stop: leadership is handed over, and what is derived gets into its files. */
const STOP_MS = 30_000;
const BUCKET_NS = 1_000_000_000;

export interface Finish {
  readonly scene: Scene;
  readonly clients: Clients;
  readonly history: History;
  /** When the cluster was disturbed. */
  readonly bands: readonly FaultBand[];
  /** Faults that left enough of it whole to go on without whom they hit. */
  readonly failovers: readonly Failover[];
  /** Faults set wall clocks, so that delayed messages may wait for hours. */
  readonly clocksWereSet: boolean;
  readonly isBroken: () => boolean;
  /** How often somebody has begun to serve. */
  readonly reigns: () => number;
}

/** Faults are over: the cluster must come together, serve, and hold all that was promised. */
export async function finish(run: Finish): Promise<void> {
  const { scene, clients, history, bands, failovers } = run;
  if (!(await comeTogether(run))) return;
  scene.judge.healed();
  const queues = await readBack(run);
  if (queues === undefined) return;
  history.drained = true;
  const subscribed = new Map([...queues].filter(([key]) => isSubscribed(clients, key)));
  const replicas = (await endConsumers(run, subscribed)) ? await stoppedReplicas(run) : undefined;
  if (replicas === undefined) return;
  const verdicts = judgeRun({
    history: scene.judge.promised?.(history) ?? history,
    consumed: {
      group: CONSUMER_GROUP,
      queues: subscribed,
      removedNs: (key, offset) => removedNs(scene.judge, key, offset),
    },
    hasRegisters: scene.judge.losesChanges !== true,
    replicas,
    availability: {
      op: 'append',
      faults: bands,
      bucketNs: BUCKET_NS,
      stableNs: 0,
      maxRtoNs: undefined,
      maxOutageNs: undefined,
      maxCalmStallNs: scene.limits.calmMs * 1e6,
      failovers,
    },
  });
  for (const { checker, valid, reason, findings } of verdicts) {
    if (valid === true) continue;
    const first = findings.find(({ fatal }) => fatal);
    scene.judge.broken(`checker ${checker}`, `${reason ?? ''} ${first?.anomaly}: ${first?.message}`);
  }
}

/** When a message was gone for who had not come to it, ns: from the beginning where one stands that took the place of another. */
function removedNs(judge: SceneJudge, key: string, offset: number): number | undefined {
  return judge.isPassedOver?.(key, offset) ? 0 : judge.ledger.removedNs(key, offset);
}

/** Whether somebody serves in time, clients end, and the members come to hold the same, whole. */
async function comeTogether(run: Finish): Promise<boolean> {
  const { scene, clients, bands, clocksWereSet } = run;
  const { convergeMs } = scene.limits;
  const serveMs = (bands.at(-1)?.healsWithinNs ?? 0) / 1e6;
  const liveness = livenessOf(run);
  const unserved = `nobody serves ${serveMs} ms after the faults ended`;
  if (!(await liveness.within(serveMs, unserved, () => scene.serves()))) return false;
  clients.stopped = true;
  const isDelivered = () => clocksWereSet || scene.isDelivered();
  return (
    (await liveness.within(CLIENTS_END_MS, 'clients do not end', () => clients.idle)) &&
    (await liveness.within(DELIVERY_MS, 'delayed messages are not delivered', isDelivered)) &&
    (await liveness.within(convergeMs, 'the members do not come together', () => scene.converged())) &&
    (await liveness.within(REPAIR_MS, 'what rotted is not repaired', () => !scene.isRotten()))
  );
}

/** Reads all that is stored, and what every member says of topics; undefined if that cannot be done. */
async function readBack(run: Finish): Promise<StoredQueues | undefined> {
  const { scene } = run;
  const process = scene.world.start('drain');
  const queues = await within(run, DRAIN_MS, readAll(run, process));
  return run.isBroken() ? undefined : queues;
}

async function readAll({ scene, clients, reigns }: Finish, process: SimProcess): Promise<StoredQueues> {
  const queues = await drain(clients, process, [...clients.topics, IDLE_TOPIC]);
  judgeBeginnings(scene, queues);
  const addresses = scene.nodes.map(({ host }) => `${host.ip}:${LISTEN_PORT}`);
  await readTopicSettings(clients, process, addresses);
  await judgeOnewayOffsets(clients, { process, addresses, reigns, rounds: 1 });
  return queues;
}

function judgeBeginnings({ judge }: Scene, queues: StoredQueues): void {
  const invariant = new RemovedByRetention(judge.ledger);
  for (const [key, { start }] of queues) {
    const text = invariant.begins(key, start);
    if (text !== undefined) judge.broken(invariant.name, text);
  }
}

/** Consumers have time to come to the ends of their queues, and end; then all members have what those stored last. */
async function endConsumers(run: Finish, queues: StoredQueues): Promise<boolean> {
  const { scene, clients } = run;
  // Who does not come to the end is told by its checker, which knows what is missing.
  await until(run, CONSUME_MS, () => clients.consumption.reached(queues));
  clients.consumersStopped = true;
  const liveness = livenessOf(run);
  if (!(await liveness.within(CLIENTS_END_MS, 'consumers do not end', () => clients.consumersIdle))) return false;
  const { convergeMs } = scene.limits;
  return liveness.within(convergeMs, 'the members do not come together again', () => scene.converged());
}

/** Stops everybody in good order, who leads before all others, so that it can hand over; what is in the files of all then, up to what they had committed when they were together. */
async function stoppedReplicas(run: Finish): Promise<PlayedRun['replicas']> {
  const { scene } = run;
  const describe = scene.replicas();
  if (!(await leaderStopped(run))) return undefined;
  for (const node of scene.nodes) node.stop();
  const areGone = (): boolean => scene.nodes.every(({ process }) => process === undefined);
  const isOver = await livenessOf(run).within(STOP_MS, 'the members do not end in good order', areGone);
  return isOver ? describe() : undefined;
}

async function leaderStopped(run: Finish): Promise<boolean> {
  const reign = run.scene.endsReign?.();
  if (reign === undefined) return true;
  const { leader } = reign;
  leader.stop();
  const isGone = (): boolean => leader.process === undefined;
  if (!(await livenessOf(run).within(STOP_MS, 'the leader does not end in good order', isGone))) return false;
  reign.gone();
  return !run.isBroken();
}

function isSubscribed({ topics }: Clients, key: string): boolean {
  return topics.some((topic) => key.startsWith(`${topic}/`));
}

async function until({ scene, isBroken }: Finish, ms: number, condition: () => boolean): Promise<boolean> {
  const { loop } = scene.world;
  const reached = await loop.run(loop.nowMicros + ms * 1_000, () => isBroken() || condition());
  return reached && !isBroken();
}

async function within<Result>(run: Finish, ms: number, work: Promise<Result>): Promise<Result | undefined> {
  let done: { readonly result: Result } | undefined;
  const liveness = livenessOf(run);
  work.then(
    (result) => {
      done = { result };
    },
    (error: Error) => liveness.fails(`what is stored cannot be read: ${error.message}`),
  );
  await liveness.within(ms, 'what is stored cannot be read in time', () => done !== undefined);
  return done?.result;
}

function livenessOf(run: Finish): Liveness {
  const { scene } = run;
  return new Liveness({
    until: (ms, condition) => until(run, ms, condition),
    broken: (invariant, text) => scene.judge.broken(invariant, text),
    describe: () => scene.describe(),
  });
}
