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
  readonly minute: RateWindow;
  readonly hour: RateWindow;
}

export const SAMPLE_PERIOD_MS = 10_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** A minute in steps of ten seconds, an hour in steps of five minutes: few numbers per key, because there may be thousands. */
const MINUTE_SAMPLES = 7;
const HOUR_SAMPLES = 13;
const PERIODS_PER_HOUR_SAMPLE = 30;
/** Keys of one name at most: a client that invents names must not fill the memory. */
const MAX_KEYS = 10_000;

/** Counts per topic and group. Adding is two lookups and two additions; rates are made when somebody asks. */
export class BrokerStats {
  readonly #clock: Clock;
  readonly #names = new Map<StatsName, Map<string, Item>>();
  /** What the last send counted into; keys are never removed. */
  #lastSend: { readonly topic: string; readonly nums: Item; readonly size: Item; readonly broker: Item } | undefined;
  #periods = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `key` is a topic, `topic@group`, or the cluster name. */
  add(name: StatsName, key: string, value: number, times = 1): void {
    const item = this.#item(name, key);
    if (item !== undefined) count(item, value, times);
  }

  /** Counts `messages` sent to a topic of this broker, which belongs to `cluster`, by topic and for the broker: one comparison if it is the same topic again. */
  sent(topic: string, cluster: string, messages: number, bytes: number): void {
    const last = this.#lastSend;
    if (last?.topic === topic) {
      count(last.nums, messages, 1);
      count(last.size, bytes, 1);
      count(last.broker, messages, 1);
      return;
    }
    this.add('TOPIC_PUT_NUMS', topic, messages);
    this.add('TOPIC_PUT_SIZE', topic, bytes);
    this.add('BROKER_PUT_NUMS', cluster, messages);
    const nums = this.#item('TOPIC_PUT_NUMS', topic);
    const size = this.#item('TOPIC_PUT_SIZE', topic);
    const broker = this.#item('BROKER_PUT_NUMS', cluster);
    const known = nums !== undefined && size !== undefined && broker !== undefined;
    this.#lastSend = known ? { topic, nums, size, broker } : undefined;
  }

  #item(name: StatsName, key: string): Item | undefined {
    const items = this.#items(name);
    let item = items.get(key);
    if (item === undefined) {
      if (items.size >= MAX_KEYS) return undefined;
      item = { value: 0, times: 0, minute: new RateWindow(MINUTE_SAMPLES), hour: new RateWindow(HOUR_SAMPLES) };
      item.minute.sample(this.#clock.monotonicMs(), 0);
      item.hour.sample(this.#clock.monotonicMs(), 0);
      items.set(key, item);
    }
    return item;
  }

  #items(name: StatsName): Map<string, Item> {
    let items = this.#names.get(name);
    if (items === undefined) {
      items = new Map();
      this.#names.set(name, items);
    }
    return items;
  }

  /** Figures of the last minute or hour; undefined for a key that never counted. `avgpt` is that of the whole time. */
  window(name: string, key: string, windowMs: typeof MINUTE_MS | typeof HOUR_MS): StatsWindow | undefined {
    const item = this.#names.get(name as StatsName)?.get(key);
    if (item === undefined) return undefined;
    const window = windowMs === MINUTE_MS ? item.minute : item.hour;
    const { sum, seconds } = window.growth(this.#clock.monotonicMs(), item.value, windowMs);
    return { sum, tps: seconds === 0 ? 0 : sum / seconds, avgpt: item.times === 0 ? 0 : item.value / item.times };
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
    const forHour = ++this.#periods % PERIODS_PER_HOUR_SAMPLE === 0;
    for (const items of this.#names.values()) {
      for (const { value, minute, hour } of items.values()) {
        minute.sample(nowMs, value);
        if (forHour) hour.sample(nowMs, value);
      }
    }
  }
}

function count(item: Item, value: number, times: number): void {
  item.value += value;
  item.times += times;
}
