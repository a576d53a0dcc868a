import { endingKinds } from '../plan/ending-kinds.ts';
import { lengthOf, type PhasePlan } from '../plan/plan.ts';
import type { DrillTarget, MadeFault, MadeStrike, RoleSighting } from '../target/drill-target.ts';
import { type DrillRun, DrillStopped } from './drill-run.ts';
import { quorumGuard } from './quorum-guard.ts';
import { steadyProblem } from './steady-state.ts';

export interface PhaseTimes {
  readonly faultMs: number;
  readonly healMs: number;
}

/** When what happened in a trial, on the clock of the run. What it means is computed when everything was read back. */
export interface TrialRecord {
  readonly number: number;
  readonly leaderBefore: string | undefined;
  readonly leaderAfter: string | undefined;
  /** The target was steady from here on. */
  readonly calmFromMs: number;
  readonly faultMs: number;
  /** The last fault was over. */
  readonly healMs: number;
  /** The target was steady again, or the waiting for it ended. */
  readonly endMs: number;
  readonly faults: readonly MadeFault[];
  /** When they were being made. */
  readonly strikes: readonly MadeStrike[];
  /** Of each phase in which something was hit: when its first fault began, and when its last was over. */
  readonly phases: readonly PhaseTimes[];
  readonly roles: readonly RoleSighting[];
  /** Why it did not recover, in words. */
  readonly problem: string | undefined;
  /** The drill was stopped during it. */
  readonly isCutShort: boolean;
}

/** One trial: steady state, faults, recovery, steady state. Throws `DrillStopped`, after `onCutShort` has heard what is known of a trial in which somebody was hit. */
export async function runTrial(
  run: DrillRun,
  number: number,
  onCutShort: (record: TrialRecord) => void = () => {},
): Promise<TrialRecord> {
  const { plan, target, journal } = run;
  const { steady } = plan;
  const before = await untilSteady(run, `trial ${number}: steady state`, steady.timeoutMs);
  if (before !== undefined)
    throw new DrillStopped(
      'not-steady',
      `trial ${number} does not begin, because after ${steady.timeoutMs} ms ${before}`,
    );
  const begun: Begun = {
    number,
    leaderBefore: run.last.leader,
    rolesBefore: await target.roles(),
    calmFromMs: run.nowMs() - steady.forMs,
    faultMs: run.nowMs(),
    madeBefore: target.faults.made.length,
    strikesBefore: target.faults.strikes.length,
    missesBefore: target.misses?.length ?? 0,
    phases: [],
  };
  journal({ event: 'trial', number, leader: begun.leaderBefore ?? null });
  try {
    const problem = await playPhases(run, begun);
    const record = recordOf(run, begun, problem, await target.roles());
    journal({ event: 'trial-over', number, leader: record.leaderAfter ?? null, problem: problem ?? null });
    return record;
  } catch (error) {
    if (error instanceof DrillStopped && target.faults.made.length > begun.madeBefore) onCutShort(cutShort(run, begun));
    throw error;
  }
}

/** What was known of a trial when it began, and the phases that are over. */
interface Begun extends Pick<TrialRecord, 'number' | 'leaderBefore' | 'calmFromMs' | 'faultMs'> {
  readonly rolesBefore: readonly RoleSighting[];
  /** Faults made before. */
  readonly madeBefore: number;
  /** Strikes before. */
  readonly strikesBefore: number;
  /** Commands before that had not the effect they should have. */
  readonly missesBefore: number;
  readonly phases: PhaseTimes[];
}

/** Plays all faults and waits for recovery; says what did not come true. */
async function playPhases(
  run: DrillRun,
  { number, madeBefore, missesBefore, phases }: Begun,
): Promise<string | undefined> {
  const { plan, target } = run;
  let problem: string | undefined;
  for (const phase of plan.phases) {
    const from = target.faults.made.length;
    problem ??= await playPhase(run, number, phase);
    phases.push(...timesOf(target.faults.made.slice(from), target.faults.lastStartMs));
  }
  const made = target.faults.made.length - madeBefore;
  const planned = plan.phases.reduce((sum, phase) => sum + phase.faults.length, 0);
  if (made < planned) problem ??= `only ${made} of ${planned} faults found somebody to hit`;
  const still = await untilSteady(run, `trial ${number}: recovery`, plan.recoverMs);
  const missed = target.misses?.[missesBefore];
  return missed ?? problem ?? (still === undefined ? undefined : `${plan.recoverMs} ms after the faults ${still}`);
}

function recordOf(
  run: DrillRun,
  { number, leaderBefore, rolesBefore, calmFromMs, faultMs, madeBefore, strikesBefore, phases }: Begun,
  problem: string | undefined,
  told: readonly RoleSighting[],
): TrialRecord {
  const faults = run.target.faults.made.slice(madeBefore);
  return {
    number,
    leaderBefore,
    leaderAfter: run.last.leader,
    calmFromMs,
    faultMs: faults[0]?.startMs ?? faultMs,
    healMs: phases.at(-1)?.healMs ?? faultMs,
    endMs: run.nowMs(),
    faults,
    strikes: run.target.faults.strikes.slice(strikesBefore),
    phases,
    roles: sightingsSince([...rolesBefore, ...endsOf(faults, run.target.selfEnds), ...told], calmFromMs),
    problem,
    isCutShort: false,
  };
}

/** Of a trial that the drill does not play to its end: all faults end now, and nobody is asked any more. */
function cutShort(run: DrillRun, begun: Begun): TrialRecord {
  const nowMs = run.nowMs();
  const record = recordOf(run, begun, 'the drill was stopped during it', []);
  const faults = record.faults.map((fault) => ({ ...fault, endMs: Math.min(fault.endMs, nowMs) }));
  return { ...record, faults, phases: [{ faultMs: record.faultMs, healMs: nowMs }], healMs: nowMs, isCutShort: true };
}

/** None where nothing was hit. `lastStartMs`: when somebody was last started. */
function timesOf(faults: readonly MadeFault[], lastStartMs: number): PhaseTimes[] {
  const [first] = faults;
  if (first === undefined) return [];
  return [{ faultMs: first.startMs, healMs: Math.max(lastStartMs, ...faults.map(({ endMs }) => endMs)) }];
}

/** Plays the faults of a phase; says what did not come true after them. */
async function playPhase(run: DrillRun, number: number, phase: PhasePlan): Promise<string | undefined> {
  const { target, journal, nowMs } = run;
  if (phase.note !== undefined) await run.step(phase.note);
  const beganMs = nowMs();
  const lengthMs = lengthOf(phase);
  const name = `trial ${number}: ${phase.name}`;
  journal({ event: 'phase', number, phase: phase.name });
  target.faults.play(phase.faults, quorumGuard(run.plan, target));
  await run.until(name, lengthMs, () => nowMs() >= beganMs + lengthMs);
  if (phase.until === 'over') return undefined;
  const still = await untilSteady(run, name, phase.timeoutMs);
  return still === undefined ? undefined : `${phase.timeoutMs} ms after ${phase.name} ${still}`;
}

/** Waits until the target has been steady for as long as the plan says; returns why it is not, if it is not in time. */
async function untilSteady(run: DrillRun, phase: string, timeoutMs: number): Promise<string | undefined> {
  const { steady } = run.plan;
  let problem: string | undefined;
  let sinceMs = run.nowMs();
  const isSteady = await run.until(phase, timeoutMs + steady.forMs, () => {
    const { oldestSendMs, clients } = run;
    problem = steadyProblem(
      steady,
      run.last,
      run.recent(steady.forMs),
      { lag: clients.lag, oldestSendMs },
      run.plan.load,
    );
    if (run.last.problem !== undefined) sinceMs = run.nowMs();
    return problem === undefined && run.nowMs() >= sinceMs + steady.forMs;
  });
  return isSteady ? undefined : (problem ?? 'it was steady for too short a time');
}

/** The ends of processes as sightings of a role that they play from then on: what those told of themselves is gone. */
function endsOf(faults: readonly MadeFault[], selfEnds: DrillTarget['selfEnds'] = []): RoleSighting[] {
  const hits = faults.filter(({ kind }) => endingKinds.includes(kind)).flatMap((fault) => fault.hits);
  return [...hits, ...selfEnds].map(({ member, atMs }) => {
    return { atMs, member, role: 'down', term: 0, leader: 'not known' };
  });
}

/** What was told since a moment, and before it the last of each member; once what was told twice. */
function sightingsSince(told: readonly RoleSighting[], sinceMs: number): RoleSighting[] {
  const byText = new Map(
    told.map((role) => [`${role.member} ${role.role} ${role.term} ${Math.round(role.atMs)}`, role]),
  );
  const roles = [...byText.values()].sort((a, b) => a.atMs - b.atMs);
  const isLastBefore = (role: RoleSighting): boolean =>
    role === roles.findLast(({ member, atMs }) => member === role.member && atMs < sinceMs);
  return roles.filter((role) => role.atMs >= sinceMs || isLastBefore(role));
}
