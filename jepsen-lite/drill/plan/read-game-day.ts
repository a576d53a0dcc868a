import { Cron } from 'croner';
import { type GameDay, type GameDayDrill, gameDaySchema } from './game-day.ts';
import { nameFrom } from './plan-name.ts';
import { parsedText, WrongPlan } from './read-plan.ts';
import { schemaProblem } from './schema.ts';

type GameDayFile = Partial<Omit<GameDay, 'drills'>> & {
  readonly drills: readonly (Omit<GameDayDrill, 'waitMs'> & { readonly waitMs?: number })[];
};

/** Reads a game day in YAML, or in JSON with comments. Throws WrongPlan. */
export function readGameDay(text: string, nameOfFile: string): GameDay {
  const file = parsedText(text);
  const problem = schemaProblem(gameDaySchema, file);
  if (problem !== undefined) throw new WrongPlan(problem);
  const { name = nameFrom(nameOfFile), at, goOn = 'passed', drills } = file as GameDayFile;
  if (at !== undefined) checkTimes(at);
  return { name, at, goOn, drills: drills.map((drill) => ({ waitMs: 0, ...drill })) };
}

const FIELDS = 5;

function checkTimes(at: string): void {
  const problem = at.trim().split(/\s+/).length === FIELDS ? cronProblem(at) : 'it has not five fields';
  if (problem !== undefined)
    throw new WrongPlan(
      `at: "${at}" is no time: ${problem}; minute, hour, day of the month, month and day of the week are needed, such as "0 10 * * 5"`,
    );
}

function cronProblem(at: string): string | undefined {
  try {
    return new Cron(at).nextRun() === null ? 'it never comes' : undefined;
  } catch (error) {
    return (error as Error).message.replace(/^CronPattern: /, '');
  }
}

/** The next times at which it is played. */
export function nextTimes(at: string, count: number): Date[] {
  return new Cron(at).nextRuns(count);
}
