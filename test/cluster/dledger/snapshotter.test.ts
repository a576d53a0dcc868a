import { describe, expect, it } from 'vitest';
import { Snapshotter } from '../../../cluster/dledger/snapshotter.ts';
import { openRaftStorage, type RaftStorage } from '../../../cluster/raft-storage/open-raft-storage.ts';
import { type VirtualPlatform, VirtualWorld } from '../../support/virtual-platform.ts';
import { persist, propose } from '../raft-storage/log-fixture.ts';

const SEGMENT_BYTES = 2_048;

function open(platform: VirtualPlatform): RaftStorage {
  const names = { memberId: 'n0', groupName: 'g' };
  const sizes = { segmentBytes: SEGMENT_BYTES, firstPosition: 0, syncFlush: false, aloneInGroup: false };
  const storage = openRaftStorage({ platform, directory: '/store', ...names, ...sizes });
  if ('log' in storage) return storage;
  throw new Error(storage.message);
}

/** A member with ten entries, of which `applied` are applied, its snapshotter, and what that tells. */
function member(dueMs?: number) {
  const platform = new VirtualWorld().start('n0');
  const storage = open(platform);
  const { log } = storage;
  for (let index = 1; index <= 10; index++) propose(log, 1, 300, index);
  persist(platform, log);
  const place = { chainStart: 0, groupId: 'ab'.repeat(16), dataFileSize: SEGMENT_BYTES, firstPosition: 0 };
  const state = { appliedIndex: 5 };
  const source = {
    get appliedIndex() {
      return state.appliedIndex;
    },
    capture: (index: number) => ({
      header: { ...log.checkpointAt(index), ...place, storeTimestamp: 77 },
      sections: [],
    }),
    flushTo: (_position: number, done: (error: undefined) => void) => done(undefined),
  };
  const told: number[] = [];
  const failures: string[] = [];
  const snapshotter: Snapshotter = new Snapshotter(
    { platform, storage },
    source,
    () => told.push(snapshotter.index),
    ({ code }) => failures.push(code),
    dueMs,
  );
  /** Takes one; what comes of it when all is done. */
  const take = (): { readonly ended: string | undefined } => {
    const result = { ended: undefined as string | undefined };
    snapshotter.take((error) => {
      result.ended = error?.code ?? 'ok';
    });
    return result;
  };
  return { platform, storage, state, snapshotter, told, failures, take };
}

describe('the snapshots of a member', () => {
  it('are told of when they are durable, each entry once', () => {
    const { platform, storage, state, snapshotter, told, take } = member();
    const first = take();
    expect([first.ended, told]).toEqual([undefined, []]);
    platform.world.advance(100);
    expect([first.ended, told, snapshotter.position]).toEqual(['ok', [5], storage.log.endOf(5)]);
    expect(take().ended).toBe('ok');
    state.appliedIndex = 7;
    take();
    platform.world.advance(100);
    expect([told, storage.snapshots.list()]).toEqual([
      [5, 7],
      [7, 5],
    ]);
  });

  it('are taken by themselves when they are due, until the member stops', () => {
    const { platform, state, snapshotter, told } = member(2_000);
    snapshotter.start();
    platform.world.advance(1_900);
    expect(told).toEqual([]);
    platform.world.advance(200);
    expect(told).toEqual([5]);
    snapshotter.takeLast(() => {});
    state.appliedIndex = 7;
    platform.world.advance(5_000);
    expect(told).toEqual([5]);
  });

  it.each([
    ['nothing changed since', 5, [5]],
    ['more was applied', 7, [5, 7]],
  ])(
    'are taken a last time at an orderly stop, behind one that is being written: %s',
    (_what, appliedIndex, expected) => {
      const { platform, state, snapshotter, told, take } = member();
      const onItsWay = take();
      state.appliedIndex = appliedIndex;
      const ended: unknown[] = [];
      snapshotter.takeLast((error) => ended.push(error, [...told]));
      expect([onItsWay.ended, ended]).toEqual([undefined, []]);
      platform.world.advance(100);
      expect([onItsWay.ended, ended]).toEqual(['ok', [undefined, expected]]);
    },
  );

  it('change nothing where they become durable when the member has taken its leave', () => {
    const { platform, snapshotter, told, take } = member();
    const onItsWay = take();
    snapshotter.abandon();
    let isOver = false;
    snapshotter.takeLast(() => {
      isOver = true;
    });
    expect(isOver).toBe(false);
    platform.world.advance(100);
    expect([isOver, onItsWay.ended, told]).toEqual([true, 'ok', []]);
    expect([snapshotter.index, snapshotter.position, snapshotter.newest]).toEqual([0, 0, undefined]);
  });

  it('are not taken any more then, neither by themselves nor for who asks', () => {
    const { platform, storage, snapshotter, told, take } = member(1_000);
    snapshotter.start();
    snapshotter.abandon();
    expect(take().ended).toBe('ok');
    platform.world.advance(5_000);
    expect([told, storage.snapshots.list()]).toEqual([[], []]);
  });

  it('stop the process where the disk cannot be trusted, and wait where it is full', () => {
    const { platform, snapshotter, told, failures } = member(1_000);
    const { image } = platform.disk;
    image.capacityBytes = image.allocatedBytes;
    snapshotter.start();
    platform.world.advance(3_100);
    expect([told, failures]).toEqual([[], []]);
    expect(platform.logger.lines.map(({ message, fields }) => [message, fields['code']])).toContainEqual([
      'A snapshot was not taken',
      'ENOSPC',
    ]);
    image.capacityBytes = Number.POSITIVE_INFINITY;
    image.fail({ operation: 'sync', code: 'EIO', path: '/snapshots/' });
    platform.world.advance(1_000);
    expect([told, failures]).toEqual([[], ['EIO']]);
  });
});
