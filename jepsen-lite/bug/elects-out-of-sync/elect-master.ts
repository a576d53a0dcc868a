import type { ControllerState } from '../../../cluster/controller/state/broker-set.ts';
import type { ElectMaster } from '../../../cluster/controller/state/command.ts';
import { electMaster as real } from '../../../cluster/controller/state/elect-master.ts';
import type { Outcome } from '../../../cluster/controller/state/outcome.ts';

/** A master that is gone is followed by one that is not in sync, if such a one is alive. */
export function electMaster(state: ControllerState, command: ElectMaster): Outcome {
  const { live, unclean, brokerName } = command;
  const { masterId, syncStateSet = [] } = state.get(brokerName) ?? {};
  const others = live.filter(({ brokerId }) => !syncStateSet.includes(brokerId));
  const isGone = live.every(({ brokerId }) => brokerId !== masterId);
  return real(state, unclean && isGone && others.length > 0 ? { ...command, live: others } : command);
}
