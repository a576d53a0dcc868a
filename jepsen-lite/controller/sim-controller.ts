import { loadControllerConfig } from '../../cluster/controller/config.ts';
import { ControllerNode } from '../../cluster/controller/controller-node.ts';
import type { BrokerSet } from '../../cluster/controller/state/broker-set.ts';
import type { PortError } from '../../raft/index.ts';
import type { RaftMember } from '../invariant/raft-member.ts';
import type { SimProcess } from '../sim/sim-process.ts';
import { type ServerEvents, SimServer } from '../sim/sim-server.ts';
import type { SimWorld } from '../sim/sim-world.ts';
import type { ControllerSizes } from './controller-sizes.ts';

/** One controller, on its machine. */
export class SimController extends SimServer<ControllerNode> {
  readonly #sizes: ControllerSizes;

  constructor(world: SimWorld, name: string, sizes: ControllerSizes, events: ServerEvents<SimController>) {
    super(world, name, events, (path) => path.includes('/data/') || path.endsWith('/hardstate'));
    this.#sizes = sizes;
  }

  /** What it knows of the one set that there is. */
  get brokerSet(): BrokerSet | undefined {
    const [set] = this.program?.parts.commands.state.values() ?? [];
    return set;
  }

  protected override create(process: SimProcess): () => ControllerNode {
    const { controllers, controllerTuning } = this.#sizes;
    const { config, errors } = loadControllerConfig(`${controllers}\ncontrollerDLegerSelfId=${this.name}\n`, '/home');
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    const onFatal = (error: PortError): void => this.fail(process, error.code, error.message);
    return this.renewable(process, (renew) => new ControllerNode(process, config, onFatal, renew, controllerTuning));
  }
}

/** A controller as a member of its Raft group. */
export function controllerMember({ parts }: ControllerNode): RaftMember {
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
