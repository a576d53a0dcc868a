import { Chance } from './chance.ts';
import { SimDiskImage } from './sim-disk-image.ts';
import type { SimProcess } from './sim-process.ts';

/** Wall time at which worlds begin: 2026-01-01. */
const WORLD_BEGINS_MS = 1_767_225_600_000;

/** One machine: its disk and its clocks outlive the processes. */
export class SimHost {
  readonly name: string;
  readonly ip: string;
  readonly image: SimDiskImage;
  /** False while the machine has no power. */
  up = true;
  boots = 1;
  process: SimProcess | undefined;
  /** Seconds of this machine's clocks in a true second. */
  #rate = 1;
  #baseMicros = 0;
  #ownAtBase = 0;
  wallOffsetMs = WORLD_BEGINS_MS;

  constructor(name: string, ip: string, seed: number) {
    this.name = name;
    this.ip = ip;
    this.image = new SimDiskImage(new Chance(seed, `disk/${name}`));
  }

  get rate(): number {
    return this.#rate;
  }

  /** Lets the clocks run faster or slower from now on, without a jump. */
  setRate(rate: number, nowMicros: number): void {
    this.#ownAtBase = this.ownMicros(nowMicros);
    this.#baseMicros = nowMicros;
    this.#rate = rate;
  }

  /** Monotonic time of this machine. */
  ownMicros(nowMicros: number): number {
    return this.#ownAtBase + (nowMicros - this.#baseMicros) * this.#rate;
  }
}
