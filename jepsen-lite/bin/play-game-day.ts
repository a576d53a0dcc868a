import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartFailure } from '../../cluster/launch/start-group.ts';
import { countText } from '../drill/plan/count-text.ts';
import type { GameDay } from '../drill/plan/game-day.ts';
import type { Plan } from '../drill/plan/plan.ts';
import { nextTimes } from '../drill/plan/read-game-day.ts';
import { type GameDayResult, gameDayText } from '../drill/report/game-day-text.ts';
import { DrillFailure } from '../drill/run/drill-run.ts';
import { makeFolder } from './check-path.ts';
import { dryRun } from './dry-run.ts';
import { confirmed, newFolder, type PlayDrillOptions, playDrill } from './play-drill.ts';

export interface PlayGameDayOptions extends Omit<PlayDrillOptions, 'plan' | 'replay'> {
  readonly day: GameDay;
  /** Its drills, in their order. */
  readonly parts: readonly Pick<PlayDrillOptions, 'plan' | 'replay'>[];
  /** Do not wait for its time, and play it once. */
  readonly isNow: boolean;
}

/** Longer waits are cut: a clock may be set meanwhile, and timers hold no more than 24 days. */
const LONGEST_WAIT_MS = 60_000;
const SHOWN_TIMES = 3;

/** What a game day would do, and when. Throws StartFailure where a running group does not answer. */
export async function describeGameDay({ name, at, goOn }: GameDay, plans: readonly Plan[]): Promise<string> {
  const times = at === undefined ? 'now, once' : `${at}, next ${nextTimes(at, SHOWN_TIMES).map(timeText).join(', ')}`;
  const rule = goOn === 'passed' ? 'the first that does not pass is the last' : 'each, whatever became of the others';
  const drills: string[] = [];
  for (const plan of plans) drills.push(await dryRun(plan));
  return [`game day ${name}: ${countText(plans.length, 'drill')}, ${rule}; when: ${times}`, ...drills].join('\n\n');
}

/** Plays a game day when its time has come, again and again until it is interrupted; without a calendar once. Returns the worst exit code. */
export async function playGameDay(options: PlayGameDayOptions, signal: AbortSignal): Promise<number> {
  const { day, isNow } = options;
  makeFolder('dir', options.directory);
  if (day.at === undefined || isNow) return await playOnce(options, signal);
  let worst = 0;
  while (!signal.aborted) {
    const [next] = nextTimes(day.at, 1);
    if (next === undefined) break;
    console.error(`game day ${day.name} is played at ${timeText(next)}; Ctrl-C ends the waiting`);
    await until(next.getTime(), signal);
    if (!signal.aborted) worst = Math.max(worst, await playOnce(options, signal));
  }
  return worst;
}

async function playOnce(options: PlayGameDayOptions, signal: AbortSignal): Promise<number> {
  const { day, parts } = options;
  const folder = newFolder(day.name, options.directory);
  mkdirSync(folder);
  const results: GameDayResult[] = [];
  for (const [at, part] of parts.entries()) {
    const { note, waitMs = 0 } = day.drills[at] ?? {};
    await until(Date.now() + waitMs, signal);
    if (note !== undefined && !signal.aborted) await confirmed(note, signal);
    if (signal.aborted || (day.goOn === 'passed' && results.some(({ outcome }) => outcome !== 'passed')))
      results.push({ drill: part.plan.name, outcome: 'not played', report: undefined, folder: undefined });
    else results.push(await playPart({ ...options, ...part, directory: folder }, signal));
  }
  const text = gameDayText(day.name, results);
  writeFileSync(join(folder, 'game-day.md'), text);
  writeFileSync(join(folder, 'game-day.json'), `${JSON.stringify({ day, results }, undefined, 1)}\n`);
  console.log(text);
  console.log(`Reports: ${join(folder, 'game-day.md')}, ${join(folder, 'game-day.json')}`);
  if (signal.aborted || results.some(({ outcome }) => outcome === 'failed itself')) return 3;
  return results.every(({ outcome }) => outcome === 'passed') ? 0 : 1;
}

/** One of the drills; that it cannot be played is told beside the others. */
async function playPart(options: PlayDrillOptions, signal: AbortSignal): Promise<GameDayResult> {
  const { name: drill } = options.plan;
  try {
    const { report, folder } = await playDrill(options, signal);
    return { drill, outcome: report.outcome, report, folder };
  } catch (error) {
    if (!(error instanceof StartFailure || error instanceof DrillFailure)) throw error;
    console.error(error.message);
    return { drill, outcome: 'failed itself', why: error.message, report: undefined, folder: undefined };
  }
}

async function until(timeMs: number, signal: AbortSignal): Promise<void> {
  while (Date.now() < timeMs && !signal.aborted) {
    await new Promise<void>((resolve) => {
      const ends = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', ends);
        resolve();
      };
      const timer = setTimeout(ends, Math.min(LONGEST_WAIT_MS, timeMs - Date.now()));
      signal.addEventListener('abort', ends);
    });
  }
}

function timeText(time: Date): string {
  return time.toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
}
