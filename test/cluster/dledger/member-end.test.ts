import { expect, it } from 'vitest';
import { closeToBeginAnew } from '../../../cluster/dledger/member-end.ts';
import { readHardState } from '../../../cluster/raft-storage/hard-state.ts';
import { openRaftStorage, type RaftStorage } from '../../../cluster/raft-storage/open-raft-storage.ts';
import { type VirtualPlatform, VirtualWorld } from '../../support/virtual-platform.ts';
import { persist, propose } from '../raft-storage/log-fixture.ts';

const names = { memberId: 'n0', groupName: 'g' };

function open(platform: VirtualPlatform): RaftStorage {
  const sizes = { segmentBytes: 16_384, firstPosition: 0, syncFlush: true, aloneInGroup: true };
  const storage = openRaftStorage({ platform, directory: '/store', ...names, ...sizes });
  if ('log' in storage) return storage;
  throw new Error(storage.message);
}

/** A member with one entry in its files and one that is not written yet. */
function member(): {
  platform: VirtualPlatform;
  storage: RaftStorage;
  closing: Parameters<typeof closeToBeginAnew>[0];
} {
  const platform = new VirtualWorld().start('n0');
  const storage = open(platform);
  propose(storage.log, 1, 300, 1);
  expect(persist(platform, storage.log, true)).toBe(1);
  propose(storage.log, 1, 9_000, 2);
  const lock = platform.disk.lock('/store');
  if (lock === undefined) throw new Error('the directory is free');
  return { platform, storage, closing: { platform, storage, lock } };
}

const noRoom = () => Promise.reject(Object.assign(new Error('ENOSPC: /store/queue'), { code: 'ENOSPC' }));

it.each([
  ['the log', true, async () => {}],
  ['what derives from the log', false, noRoom],
  ['either', true, noRoom],
])('a full disk that does not take %s keeps no log from beginning anew', async (_what, isFull, closeDerived) => {
  const { platform, closing } = member();
  const { image } = platform.disk;
  if (isFull) image.capacityBytes = image.allocatedBytes;
  await platform.world.settle(closeToBeginAnew(closing, closeDerived));
  expect(platform.logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
    'The disk is full: the log begins anew without what could not be written',
  ]);
  expect(platform.disk.lock('/store')).toBeDefined();
  // As after the end of a process: what was acknowledged is there, and no clean end is claimed.
  expect(readHardState(platform.disk, '/store/hardstate', names)).toMatchObject({
    kind: 'ok',
    record: { cleanStop: false },
  });
  const { log, incarnation } = open(platform);
  expect([log.lastIndex, incarnation]).toEqual([isFull ? 1 : 2, 2]);
});

it('any other error of the disk ends the member', async () => {
  const { platform, closing } = member();
  platform.disk.image.fail({ operation: 'sync', code: 'EIO', path: '/data/' });
  await expect(platform.world.settle(closeToBeginAnew(closing, noRoom))).rejects.toThrow('EIO');
});
