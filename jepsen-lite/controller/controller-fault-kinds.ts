import { ambushAt } from '../fault/ambush.ts';
import { clockFaults } from '../fault/clock-faults.ts';
import { derivedFaults } from '../fault/derived-faults.ts';
import { diskFaultsOn } from '../fault/disk-faults.ts';
import type { FaultKind } from '../fault/fault-kind.ts';
import { networkFaults } from '../fault/network-faults.ts';
import { processFaults } from '../fault/process-faults.ts';
import type { ControllerCluster } from './controller-cluster.ts';
import { controllerFaults } from './controller-faults.ts';
import { leftAlone } from './left-alone.ts';
import { outliveBrokers } from './outlive-brokers.ts';
import { setBackBroker } from './set-back-brokers.ts';

/** All kinds of faults that hit brokers in Controller mode and their controllers. Their order is part of what a seed means. */
export const controllerFaultKinds: readonly FaultKind<ControllerCluster>[] = [
  ...controllerFaults,
  ...processFaults,
  ambushAt(['vote', 'leads', 'append', 'commit', 'cut', 'cut', 'decided']),
  ...networkFaults,
  ...diskFaultsOn(['commitlog/', 'commitlog/', 'epochFile', 'consumequeue', '']),
  ...clockFaults,
  ...derivedFaults,
  setBackBroker,
  leftAlone,
  outliveBrokers,
];
