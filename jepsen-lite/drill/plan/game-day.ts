import { nameSchema } from './plan-name.ts';
import type { Schema } from './schema.ts';

/** Several drills, one after another, now or by a calendar. */
export interface GameDay {
  readonly name: string;
  /** When, as cron says it (minute, hour, day of the month, month, day of the week; local time); undefined: now, once. */
  readonly at: string | undefined;
  /** `passed`: the next drill is played only where the last one has passed. `over`: whatever became of it. */
  readonly goOn: 'passed' | 'over';
  readonly drills: readonly GameDayDrill[];
}

/** One drill of a game day. */
export interface GameDayDrill {
  /** Name of a preset, or path of a plan file, from the folder of the game day's file on. */
  readonly drill: string;
  /** Trials instead of those of the plan. */
  readonly repeat?: number;
  /** A step for people before it: it is shown, and the drill begins with Enter. */
  readonly note?: string;
  /** Pause before it, ms. */
  readonly waitMs: number;
}

const DAY_MS = 86_400_000;

/** What the file of a game day may say. */
export const gameDaySchema: Schema = {
  type: 'object',
  description: 'Several drills, one after another, now or by a calendar.',
  properties: {
    name: nameSchema,
    at: {
      type: 'string',
      description:
        'when, as cron says it: minute, hour, day of the month, month, day of the week (local time); default: now, once',
    },
    goOn: {
      type: 'string',
      enum: ['passed', 'over'],
      description: 'the next drill is played only where the last one has passed (default), or whatever became of it',
    },
    drills: {
      type: 'array',
      minItems: 1,
      description: 'played one after another',
      items: {
        type: 'object',
        properties: {
          drill: {
            type: 'string',
            description: 'a drill that comes with the program, or a plan file, from the folder of this file on',
          },
          repeat: { type: 'integer', minimum: 1, maximum: 1_000, description: 'trials instead of those of the plan' },
          note: {
            type: 'string',
            description: 'a step for people before it: it is shown, and the drill begins when they press Enter',
          },
          waitMs: { type: 'integer', minimum: 0, maximum: DAY_MS, description: 'pause before it, ms' },
        },
        required: ['drill'],
        additionalProperties: false,
      },
    },
  },
  required: ['drills'],
  additionalProperties: false,
};
