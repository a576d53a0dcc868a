import { alterSyncStateSet } from './alter-sync-state-set.ts';
import { applyBrokerId } from './apply-broker-id.ts';
import type { ControllerState } from './broker-set.ts';
import { cleanBrokerData } from './clean-broker-data.ts';
import type { Command } from './command.ts';
import { electMaster } from './elect-master.ts';
import type { Outcome } from './outcome.ts';
import { registerBroker } from './register-broker.ts';

/** The controller's state machine: pure, so that every controller that applies the same commands has the same state. */
export function apply(state: ControllerState, command: Command): Outcome {
  switch (command.kind) {
    case 'apply-broker-id':
      return applyBrokerId(state, command);
    case 'register-broker':
      return registerBroker(state, command);
    case 'alter-sync-state-set':
      return alterSyncStateSet(state, command);
    case 'elect-master':
      return electMaster(state, command);
    case 'clean-broker-data':
      return cleanBrokerData(state, command);
  }
}
