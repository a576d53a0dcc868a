import type { History } from '../checker/history.ts';
import { checkLog } from '../checker/log-checker.ts';
import { checkRealTimeOrder } from '../checker/real-time-order.ts';
import { checkTotalQueue } from '../checker/total-queue.ts';
import type { Clients } from '../workload/clients.ts';
import { drain } from '../workload/drain.ts';
import { IDLE_TOPIC } from '../workload/idle-sender.ts';
import type { Scene } from './scene.ts';

/** Clients end what they are at. */
const CLIENTS_END_MS = 15_000;
/** What rotted below a snapshot is found by the next pass of the scrub, which reads 1 MiB a second. */
const REPAIR_MS = 60_000;
const DRAIN_MS = 60_000;

/** Faults are over: the cluster must come together, serve, and hold all that was promised. */
export async function finish(scene: Scene, clients: Clients, history: History, isBroken: () => boolean): Promise<void> {
  const { world, judge } = scene;
  const { serveMs, convergeMs } = scene.limits;
  const { loop } = world;
  const until = async (ms: number, condition: () => boolean): Promise<boolean> => {
    const reached = await loop.run(loop.nowMicros + ms * 1_000, () => isBroken() || condition());
    return reached && !isBroken();
  };
  scene.heal();
  if (!(await until(serveMs, () => scene.serves()))) {
    judge.broken('liveness', `nobody serves ${serveMs} ms after the faults ended: ${scene.describe()}`);
    return;
  }
  clients.stopped = true;
  if (!(await until(CLIENTS_END_MS, () => clients.idle))) judge.broken('liveness', 'clients do not end');
  if (isBroken()) return;
  if (!(await until(convergeMs, () => scene.converged()))) {
    judge.broken('liveness', `the members do not come together: ${scene.describe()}`);
    return;
  }
  if (!(await until(REPAIR_MS, () => !scene.isRotten()))) {
    judge.broken('liveness', `what rotted is not repaired: ${scene.describe()}`);
    return;
  }
  judge.healed();
  let drained = false;
  drain(clients, world.start('drain'), [...clients.topics, IDLE_TOPIC]).then(
    () => {
      drained = true;
    },
    (error: Error) => judge.broken('liveness', `what is stored cannot be read: ${error.message}`),
  );
  if (!(await until(DRAIN_MS, () => drained))) judge.broken('liveness', 'what is stored cannot be read in time');
  if (isBroken()) return;
  history.drained = true;
  for (const verdict of [
    checkTotalQueue(history, { duplicates: 'told' }),
    checkLog(history, { duplicates: 'told' }),
    checkRealTimeOrder(history),
  ]) {
    if (verdict.valid === true) continue;
    const first = verdict.findings.find(({ fatal }) => fatal);
    judge.broken(`checker ${verdict.checker}`, `${verdict.reason ?? ''} ${first?.anomaly}: ${first?.message}`);
  }
}
