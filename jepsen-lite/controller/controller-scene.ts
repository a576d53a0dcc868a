import { raftInvariants } from '../invariant/all-invariants.ts';
import { Judge } from '../invariant/judge.ts';
import { SameBytes } from '../invariant/same-bytes.ts';
import type { Scene, SceneOptions } from '../sim/scene.ts';
import type { SimWorld } from '../sim/sim-world.ts';
import { AgreedSets } from './agreed-sets.ts';
import { BrokerWatch } from './broker-watch.ts';
import { ControllerCluster } from './controller-cluster.ts';
import { drawControllerSizes } from './controller-sizes.ts';
import { LogFiles } from './log-files.ts';
import { SetJudge } from './set-judge.ts';

const CONTROLLERS = ['k0', 'k1', 'k2'];

/** Brokers in Controller mode and three controllers, with their judge. */
export function createControllerScene({ world, seed, nodes, metadata, note }: SceneOptions): Scene {
  const brokerNames = Array.from({ length: nodes }, (_, number) => `n${number}`);
  const sizes = drawControllerSizes(seed, CONTROLLERS);
  const { fileBytes, syncFlush, copies, lossAllowed, reservedMs } = sizes;
  const nowMs = (): number => world.loop.nowMs;
  const agreed = new AgreedSets((controller, set, command) => judge.decided(controller, set, command));
  const controllerJudge = new Judge({
    names: CONTROLLERS,
    nowMs,
    invariants: (ledger) => [...raftInvariants(ledger), agreed, new SameBytes(ledger)],
    // Leaderships are those of brokers.
    note: (server, what, a, b) => note(server, what === 'serves' ? 'decides' : what, a, b),
    moment: (server, moment) => {
      if (moment === 'vote' || moment === 'leads') cluster.moment(server, moment);
    },
  });
  const judge: SetJudge = new SetJudge({
    nowMs,
    metadata,
    syncFlush,
    fileBytes,
    copies,
    lossAllowed,
    reservedMs,
    wallMs: (name) => wallMs(world, name),
    controllers: controllerJudge,
    membersOf: (ids) => cluster.membersOf(ids),
    isSetBack: (id) => cluster.isSetBack(id),
    note,
    moment: (server, moment) => cluster.moment(server, moment),
  });
  const cluster = new ControllerCluster({
    world,
    judge,
    controllerJudge,
    brokerNames,
    controllerNames: CONTROLLERS,
    sizes,
  });
  for (const { name, host } of cluster.nodes) {
    judge.brokers.push(new BrokerWatch(name, new LogFiles(host, fileBytes), judge));
  }
  return cluster;
}

/** What a program on this machine takes for the time. */
function wallMs(world: SimWorld, name: string): number {
  return world.host(name).process?.clock.nowMs() ?? 0;
}
