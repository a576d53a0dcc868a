import type { ControllerState } from '../../../cluster/controller/state/broker-set.ts';
import type { RegisterBroker } from '../../../cluster/controller/state/command.ts';
import type { Outcome } from '../../../cluster/controller/state/outcome.ts';
import { foreignText, registerBroker as real } from '../../../cluster/controller/state/register-broker.ts';

export { foreignText };

/** Every store counts as one that knows the start which registered last. */
export function registerBroker(state: ControllerState, command: RegisterBroker): Outcome {
  const known = state.get(command.brokerName)?.replicas.get(command.brokerId)?.starts ?? [];
  return real(state, { ...command, starts: command.starts && [...known.slice(-1), ...command.starts] });
}
