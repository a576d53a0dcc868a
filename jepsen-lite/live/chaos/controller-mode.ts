import { nativeReplica } from '../../replica/replica-files.ts';
import { KEEPING } from './keeping.ts';
import type { LiveMode } from './live-mode.ts';
import { realFiles } from './raft-files.ts';
import { SMALL_FILES } from './small-files.ts';

/** A master needs no longer to see that a broker of its set is gone, so that the set which it tells afterwards is not the one of before. */
const BACK_IN_SET_MS = 3_000;

/**
 * A set of brokers on the native store, of which the Controller makes one master. `conf/controller` sets allAckInSyncStateSet, and ASYNC_FLUSH: processes may die together; a disk
 * may be lost while the others of the set have theirs.
 */
export const controllerMode: LiveMode = {
  name: 'controller',
  conf: 'controller',
  chaosConf: 'cluster-3n-namesrv-plugin',
  brokerKeys: { ...SMALL_FILES, ...KEEPING },
  drillKeys: KEEPING,
  kinds: [
    'kill',
    'stop',
    'pause',
    'blackout',
    'rolling',
    'name-server',
    'wipe',
    'lose-derived',
    'cut',
    'deaf',
    'hide',
    'isolate',
    'reset',
    'slow-link',
    'split',
    'slow-disk',
    'disk-full',
    'disk-error',
    'clock-jump',
  ],
  leads: ({ replication }) => replication?.role === 'master',
  serves: ({ replication, ready }) => replication?.role === 'master' && ready,
  // With allAckInSyncStateSet the set waits for whoever is missing, until it is out of it.
  needed: (nodes) => nodes,
  counts: () => true,
  isSound({ replication }, nodes) {
    if (replication?.role !== 'master') return replication?.following === true;
    return replication.slaves.filter(({ inSyncStateSet }) => inSyncStateSet).length === nodes - 1;
  },
  // What is acknowledged is on every member of the set: as long as all are in it, any two others have what one loses.
  mayLose: (areSound) => areSound,
  isWhole: (_report, areSound, sinceMs) => areSound && sinceMs >= BACK_IN_SET_MS,
  areTogether: (reports) =>
    reports.some(
      ({ replication }) => replication?.role === 'master' && replication.slaves.every(({ lag }) => lag === 0),
    ),
  replica: ({ name, storeDirectory }) => nativeReplica(realFiles, name, storeDirectory),
  describe({ replication }) {
    if (replication === undefined) return 'no role';
    const { role, following, problem, slaves } = replication;
    const all = slaves.map(({ brokerId, lag, inSyncStateSet }) => `${brokerId} lag ${lag} in set ${inSyncStateSet}`);
    return role === 'master' ? `master of ${all.join(', ')}` : `slave, following ${following} ${problem ?? ''}`;
  },
};
