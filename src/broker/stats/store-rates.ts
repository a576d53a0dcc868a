import type { Clock } from '../../platform/ports.ts';
import type { StoreCounters } from '../../store/store-counters.ts';
import { RateWindow } from './rate-window.ts';

/** Ten minutes and one more, in steps of ten seconds. */
const KEPT_SAMPLES = 62;
const DAY_MS = 86_400_000;
const WINDOWS_MS = [10_000, 60_000, 600_000] as const;

type RateName = 'put' | 'found' | 'missed' | 'total' | 'transferred';

/** Totals at the starts of yesterday and today (UTC). */
interface DayTotals {
  yesterdayMorning: number;
  todayMorning: number;
}

/** Rates and day totals of the store, made from its counters. */
export class StoreRates {
  readonly #clock: Clock;
  readonly #counters: StoreCounters;
  readonly #windows: Readonly<Record<RateName, RateWindow>>;
  readonly puts: DayTotals = { yesterdayMorning: 0, todayMorning: 0 };
  readonly gets: DayTotals = { yesterdayMorning: 0, todayMorning: 0 };
  #day: number;

  constructor(clock: Clock, counters: StoreCounters) {
    this.#clock = clock;
    this.#counters = counters;
    const window = (): RateWindow => new RateWindow(KEPT_SAMPLES);
    this.#windows = { put: window(), found: window(), missed: window(), total: window(), transferred: window() };
    this.#day = Math.floor(clock.nowMs() / DAY_MS);
    this.sample();
  }

  /** Called each ten seconds. */
  sample(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [name, window] of Object.entries(this.#windows)) window.sample(nowMs, this.#total(name as RateName));
    const day = Math.floor(this.#clock.nowMs() / DAY_MS);
    if (day === this.#day) return;
    this.#day = day;
    startDay(this.puts, this.#counters.putMessages);
    startDay(this.gets, this.#counters.getMessages);
  }

  /** RocketMQ's text of three rates, over 10 s, 1 min and 10 min. */
  text(name: RateName): string {
    const nowMs = this.#clock.monotonicMs();
    const total = this.#total(name);
    return WINDOWS_MS.map((windowMs) => this.#windows[name].perSecond(nowMs, total, windowMs)).join(' ');
  }

  #total(name: RateName): number {
    const { putMessages, getFound, getMissed, getMessages } = this.#counters;
    switch (name) {
      case 'put':
        return putMessages;
      case 'found':
        return getFound;
      case 'missed':
        return getMissed;
      case 'total':
        return getFound + getMissed;
      case 'transferred':
        return getMessages;
    }
  }
}

function startDay(totals: DayTotals, total: number): void {
  totals.yesterdayMorning = totals.todayMorning;
  totals.todayMorning = total;
}
