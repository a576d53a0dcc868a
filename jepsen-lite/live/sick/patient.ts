import type { Address, Clock, Network, Platform } from '../../../src/platform/ports.ts';
import { formatAddress, parseAddress } from '../../../src/remoting/address.ts';
import { type Ailments, healthy } from './ailments.ts';
import { SickDisk } from './sick-disk.ts';

/** Another address for what a process dials: a link that can be hurt. Keys and values are `host:port`. */
export type Detours = Readonly<Record<string, string>>;

/**
 * A `Platform` over a real one whose disk and wall clock can be ailing, and whose connections go where the detours lead. Programs that are shipped never
 * see it: it belongs to an entry point of its own.
 */
export class Patient implements Platform {
  readonly clock: Clock;
  readonly disk: SickDisk;
  readonly network: Network;
  readonly timers: Platform['timers'];
  readonly random: Platform['random'];
  readonly logger: Platform['logger'];
  readonly process: Platform['process'];
  #ailments = healthy;

  /** `boots`: how often its machine has lost power so far; each time it finds another boot id. */
  constructor(real: Platform, detours: Detours, boots = 0) {
    this.timers = real.timers;
    this.random = real.random;
    this.logger = real.logger;
    const bootId = real.process.bootId();
    this.process = {
      ...real.process,
      bootId: () => (boots === 0 || bootId === undefined ? bootId : `${bootId}/${boots}`),
    };
    this.clock = {
      nowMs: () => real.clock.nowMs() + this.#ailments.clockOffsetMs,
      monotonicMs: () => real.clock.monotonicMs(),
      localHour: () => hourOfDay(real.clock.localHour() + this.#ailments.clockOffsetMs / HOUR_MS),
    };
    this.disk = new SickDisk(real.disk, real.timers);
    this.network = {
      localAddresses: () => real.network.localAddresses(),
      listen: (address, onConnection, done) => real.network.listen(address, onConnection, done),
      connect: (address, handlers) => real.network.connect(detour(address, detours), handlers),
    };
  }

  /** From now on this, and nothing else, ails it. */
  set ailments(ailments: Ailments) {
    if (ailments.clockOffsetMs !== this.#ailments.clockOffsetMs) {
      this.logger.warn('chaos: the wall clock jumps', { offsetMs: ailments.clockOffsetMs });
    }
    this.#ailments = ailments;
    this.disk.ailments = ailments;
  }
}

function detour(address: Address, detours: Detours): Address {
  const instead = detours[formatAddress(address)];
  return (instead === undefined ? undefined : parseAddress(instead)) ?? address;
}

const HOUR_MS = 3_600_000;
const HOURS_PER_DAY = 24;

/** 0 to 23, for any number of hours since some midnight. */
function hourOfDay(hours: number): number {
  return ((Math.floor(hours) % HOURS_PER_DAY) + HOURS_PER_DAY) % HOURS_PER_DAY;
}
