import type { Platform } from '../../../src/platform/ports.ts';
import { judgeRun } from '../../checker/judge-run.ts';
import type { ReplicaState } from '../../checker/replica-state.ts';
import type { Verdict } from '../../checker/verdict.ts';
import { judgeOnewayOffsets } from '../../workload/oneway-offsets.ts';
import { readTopicSettings } from '../../workload/topic-settings.ts';
import { askAgain } from '../ask-again.ts';
import { inTurns } from '../in-turns.ts';
import { checkReadBack, type ReadBack, readBack } from '../read-back.ts';
import type { LiveClients } from './live-clients.ts';
import type { LiveDisturbances } from './live-disturbances.ts';
import type { LiveGroup } from './live-group.ts';
import { livenessOf, untilSeen } from './live-liveness.ts';
import type { MetadataAudit } from './metadata-audit.ts';

/** Within so long after the faults ended somebody must serve, and all must have come together. */
const SERVE_MS = 30_000;
const TOGETHER_MS = 90_000;
/** Who was away until now has its own time to be judged. */
const JUDGED_MS = 30_000;
const NS_PER_MS = 1_000_000;
/** Clients end what they are at. */
const CLIENTS_END_MS = 30_000;
/** Consumers come to the ends of their queues. */
const CONSUME_MS = 60_000;
/** So long a request while all is read back is repeated. */
const ASK_MS = 30_000;
/** A member that the machine holds up may lose what it was told; hardly so often in a row. */
const ONEWAY_ROUNDS = 3;
const STOP_MS = 30_000;

export interface FinishOptions {
  readonly live: LiveGroup;
  readonly clients: LiveClients;
  readonly metadata: MetadataAudit;
  /** How soon the group has to serve again; undefined: that is only measured. */
  readonly disturbances: LiveDisturbances | undefined;
  /** Of the clients. */
  readonly platform: Platform;
  readonly signal: AbortSignal;
  /** Tells what it is at. */
  readonly phase: (text: string) => void;
}

/** Faults are over: the group must come together, serve, and hold all that was promised. Returns what the checkers say; none if it did not come so far. */
export async function finish(options: FinishOptions): Promise<Verdict[]> {
  const { live, clients, metadata, disturbances, platform, signal, phase } = options;
  const { judge } = live;
  phase('healing');
  await live.heal({ starts: true });
  const liveness = livenessOf(live, platform, signal);
  if (!(await liveness.within(SERVE_MS, 'nobody serves after the faults ended', () => live.leader()?.serves === true)))
    return [];
  if (disturbances !== undefined) await untilJudged(options, disturbances);
  const availability = disturbances?.availability();
  for (const { name, startNs, endNs } of availability?.faults ?? [])
    live.journal(`disturbed from ${Math.round(startNs / NS_PER_MS)} to ${Math.round(endNs / NS_PER_MS)} ms: ${name}`);
  clients.stopped = true;
  if (!(await liveness.within(CLIENTS_END_MS, 'clients do not end', () => clients.idle))) return [];
  if (!(await liveness.within(TOGETHER_MS, 'the members do not come together', () => areTogether(live)))) return [];
  phase('reading everything back');
  const addresses = live.members.map(({ node }) => node.address);
  const ask = askAgain(platform, ASK_MS, signal);
  let stored: ReadBack;
  try {
    stored = await readBack(clients, platform, ask);
    if (clients.hasRegisters) await readTopicSettings(clients, platform, addresses, ask);
    const reigns = () => live.look().then(() => live.reigns);
    await judgeOnewayOffsets(clients, { process: platform, addresses, reigns, rounds: ONEWAY_ROUNDS });
    clients.history.drained = true;
    clients.stored = stored;
    for (const text of await metadata.judge(platform, addresses, ask)) judge.broken('metadata-kept', text);
  } catch (error) {
    liveness.fails(`what is stored cannot be read: ${(error as Error).message}`);
    return [];
  }
  phase('letting consumers end');
  // Who does not come to the end is told by its checker, which knows what is missing.
  await untilSeen(live, platform, signal, CONSUME_MS, () => clients.consumption.reached(stored.queues));
  clients.consumersStopped = true;
  if (!(await liveness.within(CLIENTS_END_MS, 'consumers do not end', () => clients.consumersIdle))) return [];
  if (!(await liveness.within(TOGETHER_MS, 'the members do not come together again', () => areTogether(live))))
    return [];
  const states = await stoppedReplicas(options);
  if (states === undefined) return [];
  phase('judging');
  const verdicts = judgeRun({
    history: clients.history,
    consumed: { group: clients.consumerGroup, queues: stored.queues },
    hasRegisters: clients.hasRegisters,
    replicas: { states, events: live.sightings.events },
    availability,
  });
  return [...verdicts, checkReadBack(clients.history, stored)];
}

/** Load goes on until it shows how the group came out of its last fault. */
async function untilJudged(
  { live, platform, signal, clients }: FinishOptions,
  disturbances: LiveDisturbances,
): Promise<void> {
  await untilSeen(live, platform, signal, JUDGED_MS, () => clients.nowNs() / NS_PER_MS > disturbances.judgedMs);
}

/** Stops everybody; what is in the files, up to what all had committed when they were together. Undefined: the run was interrupted. */
async function stoppedReplicas({ live, platform, signal, phase }: FinishOptions): Promise<ReplicaState[] | undefined> {
  const leader = live.leader()?.report;
  if (leader === undefined) throw new Error('a group that has come together has a leader');
  phase('comparing the files of the members');
  await live.stopAll(STOP_MS);
  const states: ReplicaState[] = [];
  for (const { node } of live.members) {
    const state = await inTurns(live.mode.replica(node, leader), platform, signal);
    if (state === undefined) return undefined;
    states.push(state);
  }
  return states;
}

/** All are sound and hold the same, which is all there is. */
function areTogether({ mode, members }: LiveGroup): boolean {
  const reports = members.flatMap(({ report }) => report ?? []);
  return members.every(({ isSound }) => isSound) && mode.areTogether(reports);
}
