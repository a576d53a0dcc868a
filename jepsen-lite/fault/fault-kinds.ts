import type { Cluster } from '../sim/cluster.ts';
import { ambushAt } from './ambush.ts';
import { clockFaults } from './clock-faults.ts';
import { derivedFaults } from './derived-faults.ts';
import { diskFaultsOn } from './disk-faults.ts';
import { electionFaults } from './election-faults.ts';
import type { FaultKind } from './fault-kind.ts';
import { giveUpFaults } from './give-up-faults.ts';
import { groupFaults } from './group-faults.ts';
import { lateReplyFaults } from './late-reply-faults.ts';
import { leftBehindFaults } from './left-behind-faults.ts';
import { memberFaults } from './member-faults.ts';
import { networkFaults } from './network-faults.ts';
import { processFaults } from './process-faults.ts';
import { retentionFaults } from './retention-faults.ts';
import { rivalChangeFaults } from './rival-change-faults.ts';
import { rotFaults } from './rot-faults.ts';
import { setBackFaults } from './set-back-faults.ts';
import { wrongConfigFaults } from './wrong-config-faults.ts';

/** All kinds of faults that hit a DLedger group. Their order is part of what a seed means. */
export const faultKinds: readonly FaultKind<Cluster>[] = [
  ...setBackFaults,
  ...processFaults,
  ambushAt(['vote', 'vote', 'leads', 'append', 'commit']),
  ...networkFaults,
  ...diskFaultsOn(['data/', 'hardstate', 'consumequeue', 'index', '']),
  ...clockFaults,
  ...electionFaults,
  ...groupFaults,
  ...giveUpFaults,
  ...memberFaults,
  ...leftBehindFaults,
  ...rivalChangeFaults,
  ...wrongConfigFaults,
  ...lateReplyFaults,
  ...retentionFaults,
  ...derivedFaults,
  ...rotFaults,
];
