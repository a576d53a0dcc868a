import { describe, expect, it } from 'vitest';
import type { DurableLog } from '../../../cluster/raft-storage/durable-log.ts';
import { openRaftStorage, type RaftStorage } from '../../../cluster/raft-storage/open-raft-storage.ts';
import { encodeSnapshot, type Snapshot, type SnapshotSection } from '../../../cluster/raft-storage/snapshot-codec.ts';
import { SnapshotStore } from '../../../cluster/raft-storage/snapshot-store.ts';
import { type VirtualPlatform, VirtualWorld } from '../../support/virtual-platform.ts';
import { persist, propose } from './log-fixture.ts';

function open(platform: VirtualPlatform): RaftStorage {
  const names = { memberId: 'n0', groupName: 'g' };
  const sizes = { segmentBytes: 2048, firstPosition: 0, syncFlush: false, aloneInGroup: false };
  const storage = openRaftStorage({ platform, directory: '/store', ...names, ...sizes });
  if ('log' in storage) return storage;
  throw new Error(storage.message);
}

function section(type: number, text: string, mandatory = true, version = 1): SnapshotSection {
  return { type, version, mandatory, content: Buffer.from(text) };
}

function snapshotAt(log: DurableLog, index: number, sections = [section(3, '{"topics":[]}')]): Snapshot {
  const place = { chainStart: 0, groupId: 'ab'.repeat(16), dataFileSize: 2048, firstPosition: 0, storeTimestamp: 77 };
  return { header: { ...log.checkpointAt(index), ...place }, sections };
}

function write(platform: VirtualPlatform, storage: RaftStorage, snapshot: Snapshot): string {
  let result = '';
  storage.snapshots.write(storage.log.segments, snapshot, (error) => {
    result = error?.code ?? 'ok';
  });
  platform.world.runUntil(() => result !== '');
  return result;
}

function filled(world = new VirtualWorld()) {
  const platform = world.start('a');
  const storage = open(platform);
  for (let i = 1; i <= 30; i++) propose(storage.log, 1, 300, i);
  persist(platform, storage.log);
  return { world, platform, storage };
}

describe('snapshots', () => {
  it("come back as they were, and start the log's scan", () => {
    const { platform, storage } = filled();
    const sections = [section(3, '{"topics":[1]}'), section(5, '{"offsets":[]}'), section(4000, 'later', false)];
    const snapshot = snapshotAt(storage.log, 20, sections);
    expect(write(platform, storage, snapshot)).toBe('ok');
    expect(storage.log.segments.syncedPosition).toBe(storage.log.segments.endPosition);
    expect(storage.snapshots.load(20)).toEqual(snapshot);
    platform.crash({ machine: true, unsynced: 'lost' });
    const again = open(platform.world.start('a'));
    expect(again.snapshot).toEqual(snapshot);
    expect(again.log.lastIndex).toBe(30);
  });

  it('keep the newest two', () => {
    const { platform, storage } = filled();
    for (const index of [5, 10, 15]) write(platform, storage, snapshotAt(storage.log, index));
    expect(storage.snapshots.list()).toEqual([15, 10]);
    expect(platform.disk.list('/store/snapshots')).toHaveLength(2);
  });

  it('that the log does not confirm are thrown away', () => {
    const { world, platform, storage } = filled();
    write(platform, storage, snapshotAt(storage.log, 10));
    const ahead = snapshotAt(storage.log, 30);
    platform.crash();
    const index = 31;
    const header = {
      ...ahead.header,
      index,
      position: ahead.header.endPosition,
      endPosition: ahead.header.endPosition + 348,
    };
    const path = `/store/snapshots/snapshot-${String(index).padStart(20, '0')}`;
    world.disk('a').put(path, Buffer.concat(encodeSnapshot({ ...ahead, header })));
    const next = world.start('a');
    const again = open(next);
    expect([again.snapshot?.header.index, again.snapshots.list()]).toEqual([10, [10]]);
    expect(JSON.stringify(next.logger)).toContain('does not confirm');
  });

  it('leave the old ones alone if writing fails or the machine dies at any point', () => {
    for (let turns = 0; turns < 12; turns++) {
      const { world, platform, storage } = filled(new VirtualWorld(turns));
      write(platform, storage, snapshotAt(storage.log, 10));
      storage.snapshots.write(storage.log.segments, snapshotAt(storage.log, 20), () => undefined);
      for (let turn = 0; turn < turns; turn++) world.runTurn();
      platform.crash({ machine: true, unsynced: turns % 2 === 0 ? 'lost' : 'random' });
      const again = open(world.start('a'));
      expect([10, 20]).toContain(again.snapshot?.header.index);
    }
    const { platform, storage } = filled();
    write(platform, storage, snapshotAt(storage.log, 10));
    platform.disk.image.fail({ operation: 'write', code: 'ENOSPC', path: 'snapshot-', written: 10 });
    expect(write(platform, storage, snapshotAt(storage.log, 20))).toBe('ENOSPC');
    // A full disk has no room for what is left of failed attempts.
    expect(platform.disk.list('/store/snapshots')).toEqual(['snapshot-00000000000000000010']);
    expect(storage.snapshots.loadAll().map(({ header }) => header.index)).toEqual([10]);
    expect(write(platform, storage, snapshotAt(storage.log, 20))).toBe('ok');
  });

  it('never reflect more of the log than is fsynced: a failed fsync of the log ends it', () => {
    const { platform, storage } = filled();
    platform.disk.image.fail({ operation: 'sync', code: 'EIO', path: '/data/' });
    expect(write(platform, storage, snapshotAt(storage.log, 20))).toBe('EIO');
    expect(storage.snapshots.list()).toEqual([]);
    expect(persist(platform, storage.log, true)).toBe('EIO');
  });

  it('of an entry that is cut off while the log is fsynced for them are given up, and what stood before is kept', () => {
    const { world, platform, storage } = filled();
    expect(write(platform, storage, snapshotAt(storage.log, 10))).toBe('ok');
    propose(storage.log, 1, 300, 31);
    persist(platform, storage.log);
    let result = '';
    storage.snapshots.write(storage.log.segments, snapshotAt(storage.log, 31), (error) => {
      result = error?.code ?? 'ok';
    });
    expect(result).toBe('');
    storage.log.truncate(31);
    world.runUntil(() => result !== '');
    expect([result, storage.snapshots.list(), storage.snapshots.writing]).toEqual(['ECANCELED', [10], false]);
  });

  it('with any flipped bit are not used', () => {
    const { platform, storage } = filled();
    const bytes = Buffer.concat(
      encodeSnapshot(snapshotAt(storage.log, 20, [section(3, 'topics'), section(7, 'queues')])),
    );
    const store = new SnapshotStore(platform.disk, '/other', platform.logger);
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= 1 << (at % 8);
      platform.disk.image.put(store.pathOf(20), flipped);
      expect([at, typeof store.load(20)]).toEqual([at, 'string']);
    }
    platform.disk.image.put(store.pathOf(20), bytes);
    expect(typeof store.load(20)).toBe('object');
  });

  it.each([
    ['an unknown section that must be understood', section(4000, '', true), /section type 4000 version 1 is not known/],
    ['a later version of a section', section(3, '', true, 2), /section type 3 version 2 is not known/],
  ])('with %s are refused', (_what, unknown, text) => {
    const { platform, storage } = filled();
    expect(write(platform, storage, snapshotAt(storage.log, 20, [unknown]))).toBe('ok');
    expect(storage.snapshots.load(20)).toMatch(text);
  });

  it('are needed by a log whose beginning is gone', () => {
    const { world, platform, storage } = filled();
    persist(platform, storage.log, true);
    storage.log.deleteBefore(storage.log.positionOf(15));
    platform.crash();
    expect(() => open(world.start('a'))).toThrow(/no usable snapshot covers what came before: empty \/store/);
  });

  it.each([
    ['is repaired', false, 0, 30],
    ['is cut', true, 4, 19],
  ])('stay in force where a log whose beginning is gone %s at their entry', (_what, machine, reason, last) => {
    const { world, platform, storage } = filled();
    let isWhole = false;
    storage.hardState.saveDoubt(false, () => {
      isWhole = true;
    });
    world.runUntil(() => isWhole);
    persist(platform, storage.log, true);
    const snapshot = snapshotAt(storage.log, 20);
    expect(write(platform, storage, snapshot)).toBe('ok');
    storage.log.deleteBefore(storage.log.positionOf(16));
    const { position } = snapshot.header;
    platform.crash({ machine });
    world.disk('a').rot(`/store/data/${String(position - (position % 2048)).padStart(20, '0')}`, position % 2048);
    const again = open(world.start('a'));
    expect([again.doubt.reason, again.log.lastIndex]).toEqual([reason, last]);
    expect([again.snapshot, again.appliedIndex]).toEqual([snapshot, again.log.firstIndex - 2]);
    expect(platform.disk.list('/store/snapshots')).toEqual(['pending-00000000000000000020']);
  });
});
