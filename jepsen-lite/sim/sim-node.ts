import { DledgerBroker } from '../../cluster/dledger/dledger-broker.ts';
import type { PortError } from '../../raft/index.ts';
import { loadBrokerConfig } from '../../src/broker/config/broker-config.ts';
import type { SimFile } from './sim-file.ts';
import type { SimProcess } from './sim-process.ts';
import { type ServerEvents, SimServer } from './sim-server.ts';
import type { SimWorld } from './sim-world.ts';
import type { Sizes } from './sizes.ts';

/** A line of broker.conf that is wrong. */
export interface WrongLine {
  readonly line: string;
  /** A start with it has to be refused. */
  readonly isRefused: boolean;
}

/** One member of a DLedger group: a machine, and the broker that runs on it, if one does. */
export class SimNode extends SimServer<DledgerBroker> {
  readonly #sizes: Sizes;
  /**
   * What its disk is set back to, again at each start, until the others have refused it (or it is in doubt by itself). Start numbers would otherwise overtake those that they have
   * seen, and nobody could tell that the disk is an old one (raft/SAFETY.md 1).
   */
  oldDisk: ReadonlyMap<string, SimFile> | undefined;
  /** It was set back once: it may be refused until it counts further than before. */
  wasSetBack = false;
  /** Its disk was replaced, and nobody has made it whole yet. */
  isWiped = false;
  /** Something on its disk rotted at this start of the process or before, and may not have been found yet. */
  rottenSince: number | undefined;
  /** Starts have this in their configuration. */
  wrongLine: WrongLine | undefined;

  constructor(world: SimWorld, name: string, sizes: Sizes, events: ServerEvents<SimNode>) {
    super(world, name, events, (path) => {
      return path.includes('/data/') || path.endsWith('/hardstate');
    });
    this.#sizes = sizes;
  }

  get broker(): DledgerBroker | undefined {
    return this.program;
  }

  override get setBack(): boolean {
    return this.oldDisk !== undefined;
  }

  /** From the next start on its disk is an older one. */
  setDiskBack(oldDisk: ReadonlyMap<string, SimFile>): void {
    this.oldDisk = oldDisk;
    this.wasSetBack = true;
  }

  /** Has all that rotted been found and repaired? A start reads what lies above the snapshot, a pass of the scrub the rest. */
  get isRotten(): boolean {
    const { rottenSince, broker } = this;
    if (rottenSince === undefined) return false;
    if (broker === undefined || this.starts <= rottenSince) return true;
    const { damagedPlaces, scrub } = broker.status().logCare;
    if (damagedPlaces > 0 || (scrub.limit > 0 && scrub.passes === 0)) return true;
    this.rottenSince = undefined;
    return false;
  }

  override get awaitsHarm(): boolean {
    return this.isRotten || super.awaitsHarm || this.setBack;
  }

  override wipe(): void {
    super.wipe();
    this.isWiped = true;
    this.oldDisk = undefined;
  }

  protected override prepareDisk(): void {
    if (this.oldDisk === undefined) return;
    this.host.image.restore(this.oldDisk);
    this.hardStateLost = true;
  }

  /** Its broker.conf, with the line that is wrong in the place of the right one. */
  #conf(): string {
    const { wrongLine } = this;
    if (wrongLine === undefined) return this.#sizes.conf;
    const [key = ''] = wrongLine.line.split('=');
    return this.#sizes.conf.replace(new RegExp(`^${key}=.*$`, 'm'), wrongLine.line);
  }

  protected override create(process: SimProcess): () => DledgerBroker {
    const { ip } = this.host;
    const { config, errors } = loadBrokerConfig(`${this.#conf()}\nbrokerIP1=${ip}\ndLegerSelfId=${this.name}\n`, {
      homeDirectory: '/home',
      hostName: this.name,
      ipAddress: ip,
    });
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    const onFatal = (error: PortError): void => this.fail(process, error.code, error.message);
    return this.renewable(process, (renew) => new DledgerBroker(process, config, onFatal, renew, this.#sizes.tuning));
  }
}
