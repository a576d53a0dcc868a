import type { FaultBand } from '../checker/availability.ts';
import type { StoredQueues } from '../checker/consumption.ts';
import type { History } from '../checker/history.ts';
import { judgeRun, type PlayedRun } from '../checker/judge-run.ts';
import { type Clients, CONSUMER_GROUP, LISTEN_PORT } from '../workload/clients.ts';
import { drain } from '../workload/drain.ts';
import { IDLE_TOPIC } from '../workload/idle-sender.ts';
import { readTopicSettings } from '../workload/topic-settings.ts';
import type { Scene } from './scene.ts';
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
  /** Faults set wall clocks, so that delayed messages may wait for hours. */
  readonly clocksWereSet: boolean;
  readonly isBroken: () => boolean;
}

/** Faults are over: the cluster must come together, serve, and hold all that was promised. */
export async function finish(run: Finish): Promise<void> {
  const { scene, clients, history, bands } = run;
  if (!(await comeTogether(run))) return;
  scene.judge.healed();
  const queues = await readBack(run);
  if (queues === undefined) return;
  history.drained = true;
  const subscribed = new Map([...queues].filter(([key]) => isSubscribed(clients, key)));
  const replicas = (await endConsumers(run, subscribed)) ? await stoppedReplicas(run) : undefined;
  if (replicas === undefined) return;
  const verdicts = judgeRun({
    history,
    consumed: {
      group: CONSUMER_GROUP,
      queues: subscribed,
      removedNs: (key, offset) => scene.judge.ledger.removedNs(key, offset),
    },
    hasRegisters: true,
    replicas,
    availability: {
      op: 'append',
      faults: bands,
      bucketNs: BUCKET_NS,
      stableNs: 0,
      maxRtoNs: undefined,
      maxOutageNs: undefined,
    },
  });
  for (const { checker, valid, reason, findings } of verdicts) {
    if (valid === true) continue;
    const first = findings.find(({ fatal }) => fatal);
    scene.judge.broken(`checker ${checker}`, `${reason ?? ''} ${first?.anomaly}: ${first?.message}`);
  }
}

/** Whether somebody serves in time, clients end, and the members come to hold the same, whole. */
async function comeTogether(run: Finish): Promise<boolean> {
  const { scene, clients, bands, clocksWereSet } = run;
  const { convergeMs } = scene.limits;
  const serveMs = (bands.at(-1)?.healsWithinNs ?? 0) / 1e6;
  if (!(await until(run, serveMs, () => scene.serves())))
    return fails(run, `nobody serves ${serveMs} ms after the faults ended`);
  clients.stopped = true;
  if (!(await until(run, CLIENTS_END_MS, () => clients.idle))) return fails(run, 'clients do not end');
  if (!clocksWereSet && !(await until(run, DELIVERY_MS, () => scene.isDelivered())))
    return fails(run, 'delayed messages are not delivered');
  if (!(await until(run, convergeMs, () => scene.converged()))) return fails(run, 'the members do not come together');
  if (!(await until(run, REPAIR_MS, () => !scene.isRotten()))) return fails(run, 'what rotted is not repaired');
  return true;
}

/** Reads all that is stored, and what every member says of topics; undefined if that cannot be done. */
async function readBack(run: Finish): Promise<StoredQueues | undefined> {
  const { scene, clients } = run;
  const process = scene.world.start('drain');
  const queues = await within(run, DRAIN_MS, readAll(scene, clients, process));
  return run.isBroken() ? undefined : queues;
}

async function readAll(scene: Scene, clients: Clients, process: SimProcess): Promise<StoredQueues> {
  const queues = await drain(clients, process, [...clients.topics, IDLE_TOPIC]);
  await readTopicSettings(
    clients,
    process,
    scene.nodes.map(({ host }) => `${host.ip}:${LISTEN_PORT}`),
  );
  return queues;
}

/** Consumers have time to come to the ends of their queues, and end; then all members have what those stored last. */
async function endConsumers(run: Finish, queues: StoredQueues): Promise<boolean> {
  const { scene, clients } = run;
  // Who does not come to the end is told by its checker, which knows what is missing.
  await until(run, CONSUME_MS, () => clients.consumption.reached(queues));
  clients.consumersStopped = true;
  if (!(await until(run, CLIENTS_END_MS, () => clients.consumersIdle))) return fails(run, 'consumers do not end');
  const isTogether = await until(run, scene.limits.convergeMs, () => scene.converged());
  return isTogether || fails(run, 'the members do not come together again');
}

/** Stops everybody in good order; what is in the files of all then, up to what they had committed when they were together. */
async function stoppedReplicas(run: Finish): Promise<PlayedRun['replicas']> {
  const { scene } = run;
  const describe = scene.replicas();
  for (const node of scene.nodes) node.stop();
  const areGone = (): boolean => scene.nodes.every(({ process }) => process === undefined);
  if (await until(run, STOP_MS, areGone)) return describe();
  fails(run, 'the members do not end in good order');
  return undefined;
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
  work.then(
    (result) => {
      done = { result };
    },
    (error: Error) => fails(run, `what is stored cannot be read: ${error.message}`),
  );
  if (!(await until(run, ms, () => done !== undefined))) fails(run, 'what is stored cannot be read in time');
  return done?.result;
}

function fails({ scene }: Finish, what: string): false {
  scene.judge.broken('liveness', `${what}: ${scene.describe()}`);
  return false;
}
