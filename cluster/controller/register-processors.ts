import type { Dispatcher } from '../../src/remoting/dispatcher.ts';
import type { ControllerParts, Processor } from './controller-parts.ts';
import { brokerHeartbeatProcessor } from './processor/broker-heartbeat.ts';
import { brokerIdentityProcessor } from './processor/broker-identity.ts';
import { cleanBrokerDataProcessor } from './processor/clean-broker-data.ts';
import { controllerConfigProcessor } from './processor/controller-config.ts';
import { controllerMetadataProcessor } from './processor/controller-metadata.ts';
import { electMasterProcessor } from './processor/elect-master.ts';
import { syncStateProcessor } from './processor/sync-state.ts';
import { syncStateDataProcessor } from './processor/sync-state-data.ts';

const PROCESSORS: readonly Processor[] = [
  brokerIdentityProcessor,
  brokerHeartbeatProcessor,
  syncStateProcessor,
  electMasterProcessor,
  controllerMetadataProcessor,
  syncStateDataProcessor,
  cleanBrokerDataProcessor,
  controllerConfigProcessor,
];

/** All requests that a controller answers. */
export function registerProcessors(dispatcher: Dispatcher, parts: ControllerParts): void {
  for (const processor of PROCESSORS) processor(dispatcher, parts);
}
