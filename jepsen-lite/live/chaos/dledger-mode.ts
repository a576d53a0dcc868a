import { DEFAULT_LAYOUT } from '../../../cluster/launch/layouts.ts';
import { faultKinds } from '../../fault/fault-kinds.ts';
import { groupReplica } from '../../replica/replica-files.ts';
import { KEEPING } from './keeping.ts';
import type { LiveMode } from './live-mode.ts';
import { raftDirectoryOf, realFiles } from './raft-files.ts';
import { SMALL_FILES } from './small-files.ts';

/** A group whose CommitLog is the Raft log. */
export const dledgerMode: LiveMode = {
  name: 'dledger',
  conf: DEFAULT_LAYOUT,
  chaosConf: 'dledger-2-namesrv',
  brokerKeys: { ...SMALL_FILES, ...KEEPING, scrubIntervalMs: '2000', scrubBytesPerSecond: '16777216' },
  drillKeys: KEEPING,
  kinds: faultKinds.map(({ name }) => name),
  leads: ({ raft }) => raft?.role === 'leader',
  serves: ({ raft }) => raft?.role === 'leader' && raft.ready,
  needed: (nodes) => Math.floor(nodes / 2) + 1,
  counts: ({ raft }) => raft?.inDoubt === false && raft.logCare.damagedPlaces === 0,
  isSound: ({ raft }) => raft?.inDoubt === false && raft.logCare.damagedPlaces === 0,
  // Whose log may lack something neither votes nor counts until a leader has made it whole: a majority of others is all that is needed.
  mayLose: () => true,
  isWhole({ raft }) {
    if (raft === undefined) return false;
    const { inDoubt, logCare } = raft;
    return !inDoubt && logCare.damagedPlaces === 0 && logCare.scrub.passes >= 1;
  },
  areTogether(reports) {
    const last = reports.find(({ raft }) => raft?.role === 'leader')?.raft?.lastIndex;
    return (
      last !== undefined &&
      reports.every(({ raft }) => raft?.lastIndex === last && raft.appliedIndex === last && raft.writtenIndex === last)
    );
  },
  replica: ({ name, storeDirectory }, { raft }) =>
    groupReplica(realFiles, name, raftDirectoryOf(storeDirectory, name), storeDirectory, raft?.commitIndex ?? 0),
  describe({ raft }) {
    if (raft === undefined) return 'no member';
    const { role, term, ready, inDoubt, lastIndex, commitIndex, appliedIndex, logCare } = raft;
    return `${role} term ${term} ready ${ready} doubt ${inDoubt} last ${lastIndex} commit ${commitIndex} applied ${appliedIndex} damaged ${logCare.damagedPlaces}`;
  },
};
