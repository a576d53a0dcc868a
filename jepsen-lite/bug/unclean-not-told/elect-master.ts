import { type ControllerState, withSet } from '../../../cluster/controller/state/broker-set.ts';
import type { ElectMaster } from '../../../cluster/controller/state/command.ts';
import { electMaster as real } from '../../../cluster/controller/state/elect-master.ts';
import type { Outcome } from '../../../cluster/controller/state/outcome.ts';

/** Every election is clean. */
export function electMaster(state: ControllerState, command: ElectMaster): Outcome {
  const outcome = real(state, command);
  if (outcome.state === state || outcome.set === undefined) return outcome;
  const set = { ...outcome.set, uncleanEpoch: 0 };
  return { ...outcome, state: withSet(state, set), set };
}
