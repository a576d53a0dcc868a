import { ControlledBroker } from '../../cluster/controller/client/controlled-broker.ts';
import { loadBrokerConfig } from '../../src/broker/config/broker-config.ts';
import type { DiskError } from '../../src/platform/ports.ts';
import type { SimProcess } from '../sim/sim-process.ts';
import { type ServerEvents, SimServer } from '../sim/sim-server.ts';
import type { SimWorld } from '../sim/sim-world.ts';

/** A broker of a set in Controller mode, on its machine. */
export class SimBroker extends SimServer<ControlledBroker> {
  readonly #conf: string;
  #brokerId = 0;

  /** `conf`: lines of a broker.conf. */
  constructor(world: SimWorld, name: string, conf: string, events: ServerEvents<SimBroker>) {
    super(world, name, events, (path) => path.includes('/commitlog/'));
    this.#conf = conf;
  }

  get broker(): ControlledBroker | undefined {
    return this.program;
  }

  /** The id that the controllers gave for the disk that it has now; 0 while there is none. */
  get brokerId(): number {
    this.#brokerId = this.broker?.parts.node.brokerId || this.#brokerId;
    return this.#brokerId;
  }

  get inDoubt(): boolean {
    return this.broker?.parts.node.inDoubt ?? false;
  }

  /** Every second time the id outlives the store, as it does where `storePathBrokerIdentity` is on another disk. */
  override wipe(): void {
    const { image } = this.host;
    const all = [...image.copy()];
    const kept = this.starts % 2 === 0 ? all.filter(([path]) => path.endsWith('/brokerIdentity')) : [];
    super.wipe();
    if (kept.length > 0) image.restore(new Map(kept));
    else this.#brokerId = 0;
  }

  protected override create(process: SimProcess): () => ControlledBroker {
    const { ip } = this.host;
    const facts = { homeDirectory: '/home', hostName: this.name, ipAddress: ip };
    const { config, errors } = loadBrokerConfig(`${this.#conf}\nbrokerIP1=${ip}\n`, facts);
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    const fatal = (error: DiskError): void => this.fail(process, error.code, error.message);
    return () => new ControlledBroker(process, config, fatal);
  }
}
