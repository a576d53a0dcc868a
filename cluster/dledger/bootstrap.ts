import type { Platform } from '../../src/platform/ports.ts';
import { wasNeverWhole } from '../raft-storage/doubt.ts';
import type { RaftStorage } from '../raft-storage/open-raft-storage.ts';

/**
 * May a majority found the group at this start [bootstrapWithMajority]? Not where this member was whole before: the group is founded, and a member that is away may
 * hold what this one has lost.
 */
export function mayBootstrap(
  bootstrapWithMajority: boolean,
  { doubt }: Pick<RaftStorage, 'doubt'>,
  { logger }: Pick<Platform, 'logger'>,
): boolean {
  if (!bootstrapWithMajority || wasNeverWhole(doubt)) return bootstrapWithMajority;
  logger.warn(
    'bootstrapWithMajority=true has no effect any more, since the group is founded: take it out, or members that lose their disks may found another group with it',
  );
  return false;
}
