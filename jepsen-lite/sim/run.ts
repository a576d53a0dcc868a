import { History } from '../checker/history.ts';
import { applyFault } from '../fault/fault-kinds.ts';
import { generateSchedule } from '../fault/generate.ts';
import type { Schedule } from '../fault/schedule.ts';
import { allInvariants } from '../invariant/all-invariants.ts';
import type { Violation } from '../invariant/invariant.ts';
import { Judge } from '../invariant/judge.ts';
import { MetadataKept } from '../invariant/metadata-kept.ts';
import { startClients } from '../workload/clients.ts';
import { Chance } from './chance.ts';
import { Cluster } from './cluster.ts';
import type { Engine } from './event-loop.ts';
import { finish } from './finish.ts';
import type { LogLine } from './sim-logger.ts';
import { SimWorld } from './sim-world.ts';
import { drawSizes } from './sizes.ts';
import { Trace, type TraceSink } from './trace.ts';

export interface RunOptions {
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
  readonly leaderships: number;
  /** How often each kind of fault hit which state of the group; `skipped` ones had nobody to hit. */
  readonly coverage: Readonly<Record<string, number>>;
  readonly log: readonly LogLine[];
}

/** Faults begin when the group had this long to come up, and end this long before the load does. */
const WARM_UP_MS = 3_000;
const COOL_DOWN_MS = 5_000;

/** Plays one seed: load and faults, then healing, then the final checks. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { seed, nodes, durationMs, engine } = options;
  const trace = new Trace(options.traceSink);
  const world = new SimWorld(seed, engine, trace);
  const { loop } = world;
  const names = Array.from({ length: nodes }, (_, number) => `n${number}`);
  const coverage: Record<string, number> = {};
  const metadata = new MetadataKept();
  let leaderships = 0;
  const judge = new Judge({
    names,
    nowMs: () => loop.nowMs,
    invariants: (ledger) => allInvariants(ledger, metadata),
    note: (node, what, a, b) => {
      if (what === 'serves') leaderships++;
      trace.note(loop.nowMicros, node, what, a, b);
    },
    moment: (node, moment) => cluster.moment(node, moment),
  });
  const cluster: Cluster = new Cluster({ world, judge, nodeCount: nodes, sizes: drawSizes(new Chance(seed, 'sizes')) });
  const endMs = durationMs - COOL_DOWN_MS;
  const schedule = options.schedule ?? generateSchedule(new Chance(seed, 'faults'), { startMs: WARM_UP_MS, endMs });
  cluster.start();
  const history = new History();
  const clients = startClients(cluster, history, metadata, seed);
  for (const fault of schedule) {
    cluster.later(fault.atMs, () => {
      const state = cluster.state();
      cluster.note(fault.target, `fault ${fault.kind}`, fault.forMs);
      const name = `${fault.kind} × ${applyFault(cluster, fault) ? state : 'skipped'}`;
      coverage[name] = (coverage[name] ?? 0) + 1;
    });
  }
  const isBroken = (): boolean => judge.violation !== undefined;
  try {
    if (!(await loop.run(durationMs * 1_000, isBroken))) await finish(cluster, clients, history, isBroken);
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
    leaderships,
    coverage,
    log: world.logBook.lines,
  };
}
