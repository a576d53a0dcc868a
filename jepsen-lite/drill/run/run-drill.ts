import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Programs } from '../../../cluster/launch/node-settings.ts';
import { createNodePlatform } from '../../../src/platform/node/node-platform.ts';
import type { Verdict } from '../../checker/verdict.ts';
import { LiveJudge } from '../../live/chaos/client-judge.ts';
import type { Look } from '../../live/chaos/look.ts';
import { OwnPauses } from '../../live/own-pauses.ts';
import { underWatchdog } from '../../live/watchdog/under-watchdog.ts';
import type { Watchdog } from '../../live/watchdog/watchdog.ts';
import { writeHistory } from '../../live/write-history.ts';
import { hypothesesOf, outcomeOf } from '../measure/hypotheses.ts';
import { sendsOf } from '../measure/sends.ts';
import { trialFigures } from '../measure/trial-figures.ts';
import type { Plan } from '../plan/plan.ts';
import { type DrillReport, REPORT_FORMAT } from '../report/drill-report.ts';
import { machineText } from '../report/machine-text.ts';
import { askBrokerKeys } from '../target/broker-keys.ts';
import { openTarget } from '../target/open-target.ts';
import { DrillClients } from './drill-clients.ts';
import { DrillRun, DrillStopped, type JournalEvent } from './drill-run.ts';
import { runTrial, type TrialRecord } from './run-trial.ts';

export interface DrillOptions {
  readonly plan: Plan;
  readonly seed: number;
  /** Command that repeats the drill. */
  readonly replay: string;
  /** Versions of what takes part, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Folder of the run, which is made. */
  readonly directory: string;
  readonly programs: Programs;
  /** `bin/watchdog.ts`, built. */
  readonly watchdog: string;
  readonly signal: AbortSignal;
  readonly onLook: (look: Look) => void;
  /** Shows a step for people, and resolves when they have done it or the signal fires. */
  readonly onNote: (note: string, signal: AbortSignal) => Promise<void>;
}

interface Context extends DrillOptions {
  readonly nowMs: () => number;
  readonly startedMs: number;
  readonly journal: (event: JournalEvent) => void;
}

/** Plays a drill and judges it. Whatever becomes of it, nothing that it started stays. Throws `StartFailure` and `DrillFailure`. */
export async function runDrill(options: DrillOptions): Promise<DrillReport> {
  const { directory, plan, seed } = options;
  mkdirSync(directory, { recursive: true });
  const startedMs = performance.now();
  const nowMs = (): number => performance.now() - startedMs;
  // Not synchronously: a busy disk would hold up clients and links at the moment of a fault.
  const file = createWriteStream(join(directory, 'journal.jsonl'), { flags: 'a' });
  const journal = (event: JournalEvent): void => {
    file.write(`${JSON.stringify({ atMs: Math.round(nowMs()), ...event })}\n`);
  };
  journal({ event: 'drill', name: plan.name, seed, startedAt: new Date().toISOString(), ...options.versions });
  const note = (text: string): void => journal({ event: 'note', text });
  try {
    return await underWatchdog({ program: options.watchdog, directory, journal: note }, (mark, watchdog) =>
      runMarked({ ...options, nowMs, startedMs, journal }, mark, watchdog),
    );
  } finally {
    await new Promise((resolve) => file.end(resolve));
  }
}

async function runMarked(context: Context, mark: string, watchdog: Watchdog): Promise<DrillReport> {
  const { plan, seed, directory, programs, nowMs, startedMs, signal, journal } = context;
  const startedAt = new Date().toISOString();
  const real = createNodePlatform({ logger: { file: join(directory, 'clients.log'), level: 'warn' } });
  const judge = new LiveJudge(nowMs);
  const note = (text: string): void => journal({ event: 'note', text });
  const target = await openTarget({
    plan: plan.target,
    directory,
    programs,
    mark,
    watchdog,
    fillsDisks: plan.phases.some(({ faults }) => faults.some(({ kind }) => kind === 'disk-full')),
    real,
    judge,
    signal,
    journal: note,
    startedMs,
  });
  try {
    const clients = new DrillClients({
      platform: target.platform,
      judge,
      nameServer: target.nameServer,
      load: plan.load,
      server: target.server,
      seed,
      topic: `drill-${Date.now().toString(36)}`,
      nowMs,
    });
    const run = new DrillRun({
      plan,
      target,
      clients,
      nowMs,
      signal,
      journal,
      onLook: context.onLook,
      onNote: context.onNote,
    });
    // Before anything is hurt: who is dead tells no version.
    const versions = { ...context.versions, ...(await target.versions?.()) };
    const ownPauses = new OwnPauses(nowMs);
    const asked = plan.target.kind === 'running' ? [] : Object.keys(plan.target.brokerKeys);
    const brokerKeys = await askBrokerKeys(target.platform, target.brokers, asked);
    clients.start();
    const { records, stopped } = await playTrials(run);
    ownPauses.stop();
    const verdicts = stopped?.kind === 'interrupted' ? [] : await judged(context, run);
    run.failIfItMust();
    clients.stopped = true;
    const measured = {
      sends: sendsOf(clients.history),
      history: clients.history,
      places: clients.stored?.places ?? new Map(),
      consumedAtMs: clients.consumedAtMs,
      ownPauses,
    };
    const trials = records.map((record) => trialFigures(record, plan, measured));
    const hypotheses = hypothesesOf(plan.expect, trials, verdicts, judge.violation);
    const { description } = target;
    const interrupted = signal.aborted ? 'interrupted' : undefined;
    const outcome = interrupted ?? stopped?.kind ?? outcomeOf(hypotheses);
    if (outcome !== 'passed')
      writeHistory(join(context.directory, 'history.jsonl'), clients.history, { withDetails: true });
    journal({ event: 'verdict', outcome, why: stopped?.message ?? null });
    return {
      format: REPORT_FORMAT,
      plan,
      seed,
      replay: context.replay,
      versions,
      machine: machineText(),
      startedAt,
      target: description,
      brokerKeys,
      outcome,
      why: stopped?.message,
      trials,
      selfEnds: target.selfEnds,
      hypotheses,
      verdicts: verdicts.map(({ checker, valid, counts }) => ({ checker, valid, counts })),
      wallMs: nowMs(),
    };
  } finally {
    await target.close();
  }
}

/** As many trials as the plan asks for, or until the drill has to stop; then everything is rolled back. */
async function playTrials(
  run: DrillRun,
): Promise<{ readonly records: TrialRecord[]; readonly stopped: DrillStopped | undefined }> {
  const records: TrialRecord[] = [];
  try {
    for (let number = 1; number <= run.plan.repeat; number++) {
      const record = await runTrial(run, number, (known) => records.push(known));
      records.push(record);
      if (record.problem !== undefined) break;
    }
    return { records, stopped: undefined };
  } catch (error) {
    if (!(error instanceof DrillStopped)) throw error;
    run.journal({ event: 'roll-back', why: error.message });
    await run.target.rollBack();
    return { records, stopped: error };
  }
}

/** Also where a promise was seen broken: what became of the messages is asked for all the more. */
async function judged({ onLook, journal }: Context, run: DrillRun): Promise<Verdict[]> {
  const { leader, term } = run.last;
  return await run.target.judge(run.clients, (phase) => {
    journal({ event: 'phase', phase });
    onLook({ phase, leader, term: term || undefined, counts: run.clients.counts, faults: [], leftMs: 0 });
  });
}
