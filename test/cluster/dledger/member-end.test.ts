import { expect, it } from 'vitest';
import { closeToBeginAnew, handLeadershipOver } from '../../../cluster/dledger/member-end.ts';
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
  const { log, hardState } = open(platform);
  expect([log.lastIndex, hardState.record.incarnation]).toEqual([isFull ? 1 : 2, 2]);
});

it('any other error of the disk ends the member', async () => {
  const { platform, closing } = member();
  platform.disk.image.fail({ operation: 'sync', code: 'EIO', path: '/data/' });
  await expect(platform.world.settle(closeToBeginAnew(closing, noRoom))).rejects.toThrow('EIO');
});

const peer = { voter: true, connected: true, inDoubt: false, unwell: false, state: 'replicate', heard: true, lag: 0 };

it.each([
  ['the one that lags least', [{ id: 'n1', lag: 9 }, { id: 'n2' }], [], ['n2']],
  ['the next one where the first does not take over', [{ id: 'n1' }, { id: 'n2', lag: 9 }], ['n1'], ['n1', 'n2']],
  [
    'one that is heard before one that is silent',
    [
      { id: 'n1', heard: false },
      { id: 'n2', lag: 9 },
    ],
    [],
    ['n2'],
  ],
  ['one that is probed, as a transfer waits for it', [{ id: 'n1', state: 'probe' }], [], ['n1']],
  [
    'nobody whose disk is slow',
    [
      { id: 'n1', unwell: true },
      { id: 'n2', lag: 9 },
    ],
    [],
    ['n2'],
  ],
  [
    'no learner, nobody in doubt, away or behind',
    [
      { id: 'n1', voter: false },
      { id: 'n2', inDoubt: true },
      { id: 'n3', connected: false },
      { id: 'n4', state: 'behind' },
    ],
    [],
    [],
  ],
])('a leader that is told to stop asks %s', async (_whom, peers, refusing, expected) => {
  const platform = new VirtualWorld().start('n0');
  const asked: string[] = [];
  const replica = {
    isLeader: true,
    status: () => ({ peers: peers.map((own) => ({ ...peer, ...own })) }),
    joinTransfer: (done: (none: undefined) => void) => done(undefined),
    transferLeadership: (to: string, done: (outcome: object) => void) => {
      asked.push(to);
      replica.isLeader = (refusing as readonly string[]).includes(to);
      done({ to, ok: !replica.isLeader, reason: '' });
    },
  } as unknown as { isLeader: boolean } & Parameters<typeof handLeadershipOver>[1];
  await platform.world.settle(handLeadershipOver(platform, replica));
  expect(asked).toEqual(expected);
});

it('a leader that is told to stop waits for two seconds at most', async () => {
  const platform = new VirtualWorld().start('n0');
  const asked: string[] = [];
  const status = () => ({ peers: ['n1', 'n2'].map((id) => ({ ...peer, id })) });
  const transferLeadership = (to: string) => asked.push(to);
  const joinTransfer = (done: (none: undefined) => void) => done(undefined);
  const leader = { isLeader: true, status, joinTransfer, transferLeadership };
  const replica = leader as unknown as Parameters<typeof handLeadershipOver>[1];
  const begin = platform.clock.monotonicMs();
  await platform.world.settle(handLeadershipOver(platform, replica));
  expect(asked).toEqual(['n1']);
  expect(platform.clock.monotonicMs() - begin).toBeCloseTo(2_000, -1);
});

it.each([
  ['asks nobody where that takes effect', true, ['n2']],
  ['asks the others where that fails', false, ['n2', 'n1']],
  ['and for two seconds at most, also where that has no end', undefined, ['n2']],
])('a leader that is told to stop waits for the transfer that people asked for: %s', async (_what, ok, expected) => {
  const platform = new VirtualWorld().start('n0');
  const asked = ['n2'];
  const leader = {
    isLeader: true,
    status: () => ({ peers: [{ ...peer, id: 'n1' }] }),
    joinTransfer: (done: (result: object) => void) => {
      if (ok === undefined) return;
      platform.timers.after(500, () => {
        leader.isLeader = !ok;
        done({ to: 'n2', ok, reason: '' });
      });
    },
    transferLeadership: (to: string, done: (result: object) => void) => {
      asked.push(to);
      done({ to, ok: true, reason: '' });
    },
  };
  const begin = platform.clock.monotonicMs();
  await platform.world.settle(
    handLeadershipOver(platform, leader as unknown as Parameters<typeof handLeadershipOver>[1]),
  );
  expect([asked, platform.clock.monotonicMs() - begin]).toEqual([
    expected,
    expect.closeTo(ok === undefined ? 2_000 : 500, -1),
  ]);
});
