import type { ControllerState } from '../../../cluster/controller/state/broker-set.ts';
import type { ElectMaster } from '../../../cluster/controller/state/command.ts';
import { electMaster as real } from '../../../cluster/controller/state/elect-master.ts';
import type { Outcome } from '../../../cluster/controller/state/outcome.ts';

/** Everybody may be elected. */
export function electMaster(state: ControllerState, command: ElectMaster): Outcome {
  return real(state, { ...command, unclean: true });
}
