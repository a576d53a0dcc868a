import { ClientError } from './errors.ts';
import { checkGroup } from './options.ts';

interface NumberRule {
  readonly min: number;
  readonly max: number;
  /** Whether fractions are refused. */
  readonly whole: boolean;
}

/** The longest delay of a timer (setTimeout); a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const MILLISECONDS: NumberRule = { min: 1, max: LONGEST_TIMER_MS, whole: false };

function count(min: number, max = Number.MAX_SAFE_INTEGER): NumberRule {
  return { min, max, whole: true };
}

/** What each option that is a number may be, for all kinds of clients. */
const NUMBER_OPTIONS = {
  routeRefreshMs: MILLISECONDS,
  heartbeatMs: MILLISECONDS,
  sendTimeoutMs: MILLISECONDS,
  retries: count(0),
  compressAtBytes: count(0),
  maxMessageBytes: count(1),
  autoCreateQueues: count(1),
  concurrency: count(1),
  batchSize: count(1, 1_024),
  maxReconsumeTimes: count(1),
  pullBatchSize: count(1, 1_024),
  maxQueuedMessages: count(1),
  maxQueuedBytes: count(1),
  persistMs: MILLISECONDS,
  rebalanceMs: MILLISECONDS,
} as const satisfies Record<string, NumberRule>;

/** The options of a client as far as they are checked here. */
export type CheckedOptions = { readonly group: string } & {
  readonly [name in keyof typeof NUMBER_OPTIONS]?: number | undefined;
};

/** Checks the group and every number; throws a `ClientError` that names the option, its value and what is allowed. */
export function checkOptions(options: CheckedOptions): void {
  checkGroup(options.group);
  for (const [name, rule] of Object.entries(NUMBER_OPTIONS)) {
    const value: unknown = options[name as keyof typeof NUMBER_OPTIONS];
    if (value === undefined || value === null || fits(value, rule)) continue;
    const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
    const allowed = `a ${rule.whole ? 'whole ' : ''}number from ${rule.min} to ${rule.max}`;
    throw new ClientError('invalid-argument', `${name} is ${shown}; it must be ${allowed}.`);
  }
}

/** NaN and the infinities lie in no range. */
function fits(value: unknown, { min, max, whole }: NumberRule): boolean {
  return typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value));
}
