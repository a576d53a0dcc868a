import { History } from '../checker/history.ts';
import { hitBy } from '../fault/hit-by.ts';
import type { Schedule } from '../fault/schedule.ts';
import type { Violation } from '../invariant/invariant.ts';
import { MetadataKept } from '../invariant/metadata-kept.ts';
import { startClients } from '../workload/clients.ts';
import { Disturbances } from './disturbances.ts';
import type { Engine } from './event-loop.ts';
import { finish } from './finish.ts';
import type { ModeName } from './mode-name.ts';
import { drawFaults, modes } from './modes.ts';
import type { Scene, SceneOptions } from './scene.ts';
import type { LogLine } from './sim-logger.ts';
import { SimWorld } from './sim-world.ts';
import { Trace, type TraceSink } from './trace.ts';
import { type LoadFigures, loadProblem, WorkingLoad } from './working-load.ts';

export interface RunOptions {
  /** What brokers are part of; 'dledger' if it is left out. */
  readonly mode?: ModeName | undefined;
  readonly seed: number;
  readonly nodes: number;
  /** Simulated time with faults and load, in milliseconds. */
  readonly durationMs: number;
  readonly engine: Engine;
  /** Instead of the one that the seed gives. */
  readonly schedule?: Schedule | undefined;
  readonly traceSink?: TraceSink | undefined;
}

export interface RunResult {
  readonly seed: number;
  readonly violation: Violation | undefined;
  readonly traceHash: string;
  readonly schedule: Schedule;
  readonly simulatedMs: number;
  readonly events: number;
  readonly committed: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
  /** Acknowledged messages that are gone, as the configuration of the run allows. */
  readonly lost: number;
  /** Elections of somebody who was not in sync. */
  readonly uncleanElections: number;
  readonly leaderships: number;
  /** Client operations that ended in a second of the time with load. */
  readonly operationsPerSecond: number;
  /** What clients got done while somebody served. */
  readonly load: LoadFigures;
  /** How often each kind of fault hit which state of the group; `skipped` ones had nobody to hit. */
  readonly coverage: Readonly<Record<string, number>>;
  readonly log: readonly LogLine[];
  /** What clients did and were told. */
  readonly history: History;
}

/** Kinds of faults that set wall clocks: delayed messages wait for as long. */
const SET_CLOCKS: ReadonlySet<string> = new Set(['clock-jump', 'outlive']);
/** Beyond a limit, so that what ends at it is seen. */
const MARGIN_MS = 100;
/** Who comes back late has its own time; more often than that nobody does after everything was healed. */
const MOST_ROUNDS = 5;
/** Faults begin when the group had this long to come up, and end this long before the load does. */
const WARM_UP_MS = 3_000;
const COOL_DOWN_MS = 5_000;

/** Plays one seed: load and faults, then healing, then the final checks. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { seed, nodes, durationMs, engine } = options;
  const trace = new Trace((...note) => {
    const [atMicros, server, what] = note;
    disturbances?.note(atMicros, server, what);
    options.traceSink?.(...note);
  });
  const world = new SimWorld(seed, engine, trace);
  const { loop } = world;
  const mode = modes[options.mode ?? 'dledger'];
  const metadata = new MetadataKept();
  let leaderships = 0;
  let reigns = 0;
  let disturbances: Disturbances | undefined;
  /** Set when the load is over. */
  let loadMs: number | undefined;
  const note: SceneOptions['note'] = (server, what, a, b) => {
    if (what === 'serves') reigns++;
    // In the end all are stopped, and hand over.
    if (what === 'serves' && loadMs === undefined) leaderships++;
    trace.note(loop.nowMicros, server, what, a, b);
  };
  const scene = mode.create({ world, seed, nodes, metadata, note });
  const { judge } = scene;
  disturbances = new Disturbances(scene.limits);
  const endMs = durationMs - COOL_DOWN_MS;
  const schedule = options.schedule ?? drawFaults(mode, seed, WARM_UP_MS, endMs);
  scene.start();
  const history = new History();
  const clients = startClients(scene, history, metadata, seed);
  const armed = armFaults(scene, schedule, disturbances);
  const isBroken = (): boolean => judge.violation !== undefined;
  const workingLoad = new WorkingLoad(scene, () => clients.counts.acknowledged);
  workingLoad.begin();
  let operationsPerSecond = 0;
  let load: LoadFigures = { served: 0, acknowledgedPerSecond: 0 };
  try {
    let isCutShort = await loop.run(durationMs * 1_000, isBroken);
    // All is well from here on, and who was disturbed last has its time under load, too.
    scene.heal();
    for (let rounds = 0; rounds < MOST_ROUNDS && !isCutShort; rounds++) {
      const untilMs = disturbances.judgedMs(loop.nowMs) + MARGIN_MS;
      if (untilMs <= loop.nowMs) break;
      isCutShort = await loop.run(untilMs * 1_000, isBroken);
    }
    loadMs = loop.nowMs;
    operationsPerSecond = clients.operations / (loadMs / 1_000);
    load = workingLoad.end();
    const bands = disturbances.bands(loadMs);
    const failovers = disturbances.failovers(scene.limits.mostHit, loadMs);
    const { clocksWereSet } = armed;
    if (!isCutShort)
      await finish({ scene, clients, history, bands, failovers, clocksWereSet, isBroken, reigns: () => reigns });
    const problem = loadProblem(load, operationsPerSecond);
    if (problem !== undefined) judge.broken('working-load', problem);
  } catch (thrown) {
    judge.broken('simulator', (thrown as Error).stack ?? String(thrown));
  }
  return {
    seed,
    violation: judge.violation,
    traceHash: trace.hash,
    schedule,
    simulatedMs: loop.nowMs,
    events: loop.events,
    committed: judge.ledger.lastIndex,
    ...clients.counts,
    lost: judge.lost ?? 0,
    uncleanElections: judge.uncleanElections ?? 0,
    operationsPerSecond,
    load,
    leaderships,
    coverage: armed.coverage,
    log: world.logBook.lines,
    history,
  };
}

/** Lets the faults of a schedule happen when their time comes. What comes back fills with what they hit. */
function armFaults(
  scene: Scene,
  schedule: Schedule,
  disturbances: Disturbances,
): { readonly coverage: Record<string, number>; readonly clocksWereSet: boolean } {
  const armed = { coverage: {} as Record<string, number>, clocksWereSet: false };
  for (const fault of schedule) {
    scene.later(fault.atMs, () => {
      const state = scene.state();
      scene.note(fault.target, `fault ${fault.kind}`, fault.forMs);
      const [unwell, hit] = [scene.unwell(), hitBy(scene, fault)];
      const isHit = scene.hit(fault);
      const servers = unwell === undefined || hit === undefined ? undefined : new Set([...unwell, ...hit]);
      if (isHit) disturbances.fault(fault, scene.world.loop.nowMs, servers);
      armed.clocksWereSet ||= isHit && SET_CLOCKS.has(fault.kind);
      const name = `${fault.kind} × ${isHit ? state : 'skipped'}`;
      armed.coverage[name] = (armed.coverage[name] ?? 0) + 1;
    });
  }
  return armed;
}
