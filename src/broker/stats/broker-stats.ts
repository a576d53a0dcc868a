import type { Clock } from '../../platform/ports.ts';
import { RateWindow } from './rate-window.ts';

/** Names of RocketMQ's per-key statistics (BrokerStatsManager.java). */
export type StatsName =
  | 'TOPIC_PUT_NUMS'
  | 'TOPIC_PUT_SIZE'
  | 'GROUP_GET_NUMS'
  | 'GROUP_GET_SIZE'
  | 'SNDBCK_PUT_NUMS'
  | 'BROKER_PUT_NUMS'
  | 'BROKER_GET_NUMS';

/** Figures of one window, as BrokerStatsData shows them. */
export interface StatsWindow {
  readonly sum: number;
  readonly tps: number;
  readonly avgpt: number;
}

interface Item {
  value: number;
  times: number;
  readonly values: RateWindow;
  readonly calls: RateWindow;
}

/** Samples that are kept: an hour in steps of ten seconds. */
const KEPT_SAMPLES = 361;
export const SAMPLE_PERIOD_MS = 10_000;
/** Keys of one name at most: a client that invents names must not fill the memory. */
const MAX_KEYS = 20_000;

/** Counts per topic and group. Adding is two lookups and two additions; rates are made when somebody asks. */
export class BrokerStats {
  readonly #clock: Clock;
  readonly #names = new Map<StatsName, Map<string, Item>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `key` is a topic, `topic@group`, or the cluster name. */
  add(name: StatsName, key: string, value: number, times = 1): void {
    const items = this.#items(name);
    let item = items.get(key);
    if (item === undefined) {
      if (items.size >= MAX_KEYS) return;
      item = { value: 0, times: 0, values: new RateWindow(KEPT_SAMPLES), calls: new RateWindow(KEPT_SAMPLES) };
      item.values.sample(this.#clock.monotonicMs(), 0);
      item.calls.sample(this.#clock.monotonicMs(), 0);
      items.set(key, item);
    }
    item.value += value;
    item.times += times;
  }

  #items(name: StatsName): Map<string, Item> {
    let items = this.#names.get(name);
    if (items === undefined) {
      items = new Map();
      this.#names.set(name, items);
    }
    return items;
  }

  /** Undefined for a key that never counted. */
  window(name: string, key: string, windowMs: number): StatsWindow | undefined {
    const item = this.#names.get(name as StatsName)?.get(key);
    if (item === undefined) return undefined;
    const nowMs = this.#clock.monotonicMs();
    const { sum, seconds } = item.values.growth(nowMs, item.value, windowMs);
    const calls = item.calls.growth(nowMs, item.times, windowMs).sum;
    return { sum, tps: seconds === 0 ? 0 : sum / seconds, avgpt: calls === 0 ? 0 : sum / calls };
  }

  /** Since the start of the process. */
  total(name: StatsName, key: string): number {
    return this.#names.get(name)?.get(key)?.value ?? 0;
  }

  /** All keys of a name with their totals. */
  totals(name: StatsName): [key: string, total: number][] {
    return [...(this.#names.get(name) ?? [])].map(([key, { value }]) => [key, value]);
  }

  /** Called each `SAMPLE_PERIOD_MS`. */
  sample(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const items of this.#names.values()) {
      for (const item of items.values()) {
        item.values.sample(nowMs, item.value);
        item.calls.sample(nowMs, item.times);
      }
    }
  }
}
