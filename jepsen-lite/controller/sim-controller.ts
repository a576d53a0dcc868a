import { loadControllerConfig } from '../../cluster/controller/config.ts';
import { Controller } from '../../cluster/controller/controller.ts';
import type { BrokerSet } from '../../cluster/controller/state/broker-set.ts';
import type { PortError } from '../../raft/index.ts';
import type { RaftMember } from '../invariant/raft-member.ts';
import type { SimProcess } from '../sim/sim-process.ts';
import { type ServerEvents, SimServer } from '../sim/sim-server.ts';
import type { SimWorld } from '../sim/sim-world.ts';

/** One controller, on its machine. */
export class SimController extends SimServer<Controller> {
  readonly #conf: string;

  /** `conf`: lines of a controller.conf. */
  constructor(world: SimWorld, name: string, conf: string, events: ServerEvents<SimController>) {
    super(world, name, events, (path) => path.includes('/data/') || path.endsWith('/hardstate'));
    this.#conf = conf;
  }

  /** What it knows of the one set that there is. */
  get brokerSet(): BrokerSet | undefined {
    const [set] = this.program?.parts.commands.state.values() ?? [];
    return set;
  }

  protected override create(process: SimProcess): () => Controller {
    const { config, errors } = loadControllerConfig(`${this.#conf}\ncontrollerDLegerSelfId=${this.name}\n`, '/home');
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    const onFatal = (error: PortError): void => this.fail(process, error.code, error.message);
    return () => new Controller(process, config, onFatal);
  }
}

/** A controller as a member of its Raft group. */
export function controllerMember({ parts }: Controller): RaftMember {
  const { storage, hardStatePath, replica, transport, commands } = parts;
  return {
    replica,
    storage,
    transport,
    hardStatePath,
    get appliedIndex() {
      return commands.appliedIndex;
    },
    get serving() {
      return replica.isLeader && replica.refusal() === undefined;
    },
    data: undefined,
  };
}
