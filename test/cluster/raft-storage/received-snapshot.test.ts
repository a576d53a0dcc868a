import { describe, expect, it } from 'vitest';
import { entryBytesOf } from '../../../cluster/raft-storage/entry-batch.ts';
import { openRaftStorage, type RaftStorage } from '../../../cluster/raft-storage/open-raft-storage.ts';
import { decodeReceived } from '../../../cluster/raft-storage/received-snapshot.ts';
import { encodeSnapshot } from '../../../cluster/raft-storage/snapshot-codec.ts';
import type { Disk, DiskFile, Platform } from '../../../src/platform/ports.ts';
import { type VirtualPlatform, VirtualWorld } from '../../support/virtual-platform.ts';
import { entriesOf, load, persist, propose } from './log-fixture.ts';

const SEGMENT = 2048;

function open(platform: Platform, syncFlush = false): RaftStorage {
  const names = { memberId: 'n0', groupName: 'g' };
  const sizes = { segmentBytes: SEGMENT, firstPosition: 0, syncFlush, aloneInGroup: false };
  const storage = openRaftStorage({ platform, directory: '/store', ...names, ...sizes });
  if ('log' in storage) return storage;
  throw new Error(storage.message);
}

function close({ log, hardState }: RaftStorage): void {
  log.close();
  hardState.close();
}

/** What a leader with entries 1 to 40 sends: the state after entry 30, and the first entry of its file at 4096. */
function sentByLeader(): { readonly bytes: Buffer; readonly leader: RaftStorage; readonly baseIndex: number } {
  const platform = new VirtualWorld('leader').start('l');
  const leader = open(platform);
  for (let i = 1; i <= 40; i++) propose(leader.log, 2, 300, i);
  persist(platform, leader.log);
  leader.log.deleteBefore(2 * SEGMENT);
  const baseIndex = leader.log.firstIndex - 1;
  const place = { chainStart: 0, groupId: 'ab'.repeat(16), dataFileSize: SEGMENT, firstPosition: 0, storeTimestamp: 7 };
  const content = Buffer.from('{"topics":[]}');
  const snapshot = encodeSnapshot({
    header: { ...leader.log.checkpointAt(30), ...place },
    sections: [{ type: 3, version: 1, mandatory: true, content }],
  });
  const base = entryBytesOf(load(platform, leader.log, baseIndex, 1));
  return { bytes: Buffer.concat([...snapshot, ...base]), leader, baseIndex };
}

/** A follower whose log holds entries 1 to 9 of an older term, and which was given what the leader sent. */
function receiver(bytes: Buffer): { readonly world: VirtualWorld; readonly platform: VirtualPlatform } {
  const world = new VirtualWorld('follower');
  const platform = world.start('f');
  const storage = open(platform);
  for (let i = 1; i <= 9; i++) propose(storage.log, 1, 300, i);
  persist(platform, storage.log, true);
  storage.received.keep(bytes, 30);
  close(storage);
  return { world, platform };
}

/** A follower that has the leader's entries 1 to 40, fsynced, of which the second cannot be read any more; it was given what the leader sent. */
function damagedPeer(bytes: Buffer): { readonly world: VirtualWorld; readonly platform: VirtualPlatform } {
  const world = new VirtualWorld('follower');
  const platform = world.start('f');
  const storage = open(platform, true);
  for (let i = 1; i <= 40; i++) propose(storage.log, 2, 300, i);
  persist(platform, storage.log, true);
  let isSaved = false;
  storage.hardState.saveDoubt(false, () => {
    isSaved = true;
  });
  platform.world.runUntil(() => isSaved);
  storage.received.keep(bytes, 30);
  close(storage);
  world.disk('f').rot('/store/data/00000000000000000000', 400);
  return { world, platform };
}

/** The platform with a disk that breaks at the n-th call that changes something. */
function breakingAt(
  platform: VirtualPlatform,
  count: number,
): {
  readonly platform: Platform /** How many there are until the snapshot is taken over. */;
  readonly calls: () => number;
} {
  let calls = 0;
  let takenOver = 0;
  const guarded = <Target extends object>(target: Target, names: ReadonlySet<string>): Target =>
    new Proxy(target, {
      get: (object, name) => {
        const member = Reflect.get(object, name) as unknown;
        if (typeof member !== 'function') return member;
        return (...given: unknown[]) => {
          if (names.has(String(name)) && ++calls === count) throw new Error('the power fails');
          if (name === 'rename') takenOver = calls + 1;
          const result = member.apply(object, given) as unknown;
          return name === 'open' ? guarded(result as DiskFile, FILE_CHANGES) : result;
        };
      },
    });
  const disk: Disk = guarded(platform.disk, DISK_CHANGES);
  const { clock, timers, random, network, logger, process } = platform;
  return { platform: { clock, timers, random, network, logger, process, disk }, calls: () => takenOver };
}

const DISK_CHANGES = new Set([
  'open',
  'replaceFile',
  'makeDirectory',
  'rename',
  'remove',
  'removeTree',
  'syncDirectory',
]);
const FILE_CHANGES = new Set(['writeSync', 'truncateSync', 'syncNow']);

function expectBegunAnew(storage: RaftStorage, baseIndex: number, leader: RaftStorage): void {
  expect(storage.log.lastIndex).toBe(baseIndex);
  expect(storage.log.firstIndex).toBe(baseIndex + 1);
  expect(storage.appliedIndex).toBe(baseIndex - 1);
  expect(storage.snapshot?.header.index).toBe(30);
  expect(storage.log.chainCrc(baseIndex)).toBe(leader.log.chainCrc(baseIndex));
  expect(storage.log.segments.minPosition).toBe(2 * SEGMENT);
  expect(storage.hardState.record.groupId).toBe('ab'.repeat(16));
}

describe('a snapshot that a leader sent', () => {
  it('for which the disk has no room leaves nothing that takes room', () => {
    const platform = new VirtualWorld('follower').start('f');
    const storage = open(platform);
    const { image } = platform.disk;
    image.capacityBytes = image.allocatedBytes + 4_096;
    for (const index of [30, 31]) {
      expect(() => storage.received.keep(Buffer.alloc(9_000, 1), index)).toThrow('ENOSPC');
      expect(platform.disk.list('/store/snapshots')).toEqual([]);
    }
  });

  it('replaces the log by its base entry at the next start, and the log goes on behind it', () => {
    const { bytes, leader, baseIndex } = sentByLeader();
    const { platform } = receiver(bytes);
    const storage = open(platform);
    expectBegunAnew(storage, baseIndex, leader);
    for (let first = baseIndex + 1; first <= 40; ) {
      const batch = leader.log.view(first, SEGMENT)!;
      expect(storage.log.append({ ...batch, payload: [Buffer.concat(batch.payload as Buffer[])] })).toBeUndefined();
      first = batch.last + 1;
    }
    expect(entriesOf(storage.log, baseIndex, 40)).toEqual(entriesOf(leader.log, baseIndex, 40));
    persist(platform, storage.log, true);
    close(storage);
    const again = open(platform);
    // Nothing tells how far queues and index had got.
    expect([again.appliedIndex, again.log.lastIndex, again.snapshot?.header.index]).toEqual([baseIndex - 1, 40, 30]);
  });

  it('is taken over whole or not yet, wherever the start ends: at every change of the disk, by process and by power', () => {
    const { bytes, leader, baseIndex } = sentByLeader();
    const { platform } = receiver(bytes);
    const counting = breakingAt(platform, 0);
    close(open(counting.platform));
    expect(counting.calls()).toBeGreaterThan(12);
    for (let count = 1; count <= counting.calls(); count++) {
      for (const machine of [false, true]) {
        const { world, platform: broken } = receiver(bytes);
        expect(() => open(breakingAt(broken, count).platform)).toThrow('the power fails');
        broken.crash({ machine });
        const storage = open(world.start('f'));
        expectBegunAnew(storage, baseIndex, leader);
        close(storage);
      }
    }
  });

  it('leaves a log that holds the base entry all that stands behind it, wherever the start ends', () => {
    const { bytes, leader, baseIndex } = sentByLeader();
    const expectKept = (storage: RaftStorage): void => {
      expect([storage.log.firstIndex, storage.log.lastIndex]).toEqual([baseIndex + 1, 40]);
      expect([storage.appliedIndex, storage.snapshot?.header.index]).toEqual([baseIndex - 1, 30]);
      expect(storage.doubt.message).toBe('');
      expect(entriesOf(storage.log, baseIndex, 40)).toEqual(entriesOf(leader.log, baseIndex, 40));
      close(storage);
    };
    const counting = breakingAt(damagedPeer(bytes).platform, 0);
    expectKept(open(counting.platform, true));
    expect(counting.calls()).toBeGreaterThan(5);
    for (let count = 1; count <= counting.calls(); count++) {
      for (const machine of [false, true]) {
        const { world, platform } = damagedPeer(bytes);
        expect(() => open(breakingAt(platform, count).platform, true)).toThrow('the power fails');
        platform.crash({ machine });
        expectKept(open(world.start('f'), true));
      }
    }
  });

  it('changes nothing before it is durable', () => {
    const { bytes } = sentByLeader();
    const world = new VirtualWorld('follower');
    const platform = world.start('f');
    const storage = open(platform);
    for (let i = 1; i <= 9; i++) propose(storage.log, 1, 300, i);
    persist(platform, storage.log, true);
    platform.disk.replaceFile('/store/snapshots/received-00000000000000000030', bytes.subarray(0, bytes.length - 1));
    close(storage);
    const again = open(platform);
    expect([again.log.lastIndex, again.appliedIndex, again.snapshot]).toEqual([9, 0, undefined]);
    expect(platform.disk.list('/store/snapshots')).toEqual([]);
  });

  it.each([
    ['a cut one', (bytes: Buffer) => bytes.subarray(0, bytes.length - 3), 'base entry is not whole'],
    ['another file size', (bytes: Buffer) => bytes, 'data-file size is 2048', 4096],
    ['a flipped bit in the entry', (bytes: Buffer) => flipped(bytes, bytes.length - 5), 'is damaged'],
    ['a flipped bit in a section', (bytes: Buffer) => flipped(bytes, 160), 'wrong checksum'],
    ['nothing', () => Buffer.alloc(5), 'too short'],
  ])('is refused with a sentence: %s', (_what, change, text, segmentBytes = SEGMENT) => {
    expect(decodeReceived(change(sentByLeader().bytes), segmentBytes)).toContain(text);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1;
  return copy;
}
