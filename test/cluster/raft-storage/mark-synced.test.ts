import { expect, it } from 'vitest';
import { MarkSynced } from '../../../cluster/raft-storage/mark-synced.ts';
import { openRaftStorage } from '../../../cluster/raft-storage/open-raft-storage.ts';
import type { PortError } from '../../../raft/index.ts';
import { VirtualWorld } from '../../support/virtual-platform.ts';
import { persist, propose } from './log-fixture.ts';

/** A member's storage, of which `commit` entries are committed, and who marks it. */
function marked() {
  const world = new VirtualWorld();
  const platform = world.start('a');
  const names = { memberId: 'n0', groupName: 'g' };
  const sizes = { segmentBytes: 4096, firstPosition: 0, aloneInGroup: false, syncFlush: false };
  const storage = openRaftStorage({ platform, directory: '/store', ...names, ...sizes });
  if (!('log' in storage)) throw new Error(storage.message);
  const of = { commit: 0 };
  const failures: PortError[] = [];
  const marks = new MarkSynced(
    storage,
    platform.timers,
    () => of.commit,
    (error) => failures.push(error),
  );
  marks.start();
  const { log, hardState } = storage;
  /** What is marked after the next look. */
  const next = (): number => {
    world.advance(1_000);
    return hardState.record.syncedMark?.index ?? 0;
  };
  return { world, platform, log, hardState, of, failures, next };
}

it('marks what is committed and fsynced, and nothing else', () => {
  const { platform, log, of, next } = marked();
  for (let i = 1; i <= 4; i++) propose(log, 1, 300, i);
  persist(platform, log, true);
  expect(next()).toBe(0);
  of.commit = 3;
  expect(next()).toBe(3);
  for (let i = 5; i <= 6; i++) propose(log, 1, 300, i);
  persist(platform, log, false);
  of.commit = 6;
  expect([next(), next()]).toEqual([3, 3]);
  persist(platform, log, true);
  expect(next()).toBe(6);
});

it('follows a steady load, at most two looks behind', () => {
  const { platform, log, of, next } = marked();
  for (let round = 1; round <= 6; round++) {
    propose(log, 1, 300, round);
    persist(platform, log, true);
    // The others have committed an entry that is not fsynced here.
    propose(log, 1, 300, round);
    of.commit = log.lastIndex;
    expect(next()).toBeGreaterThanOrEqual(of.commit - 4);
  }
});

it('writes nothing while nothing happens, and never goes back', () => {
  const { platform, log, hardState, of, next } = marked();
  for (let i = 1; i <= 4; i++) propose(log, 1, 300, i);
  persist(platform, log, true);
  of.commit = 4;
  expect(next()).toBe(4);
  const { sequence } = hardState.record;
  expect([next(), next()]).toEqual([4, 4]);
  of.commit = 2;
  expect(next()).toBe(4);
  expect(hardState.record.sequence).toBe(sequence);
});

it('is told of a disk that does not take the mark', () => {
  const { world, platform, log, of, failures, next } = marked();
  propose(log, 1, 300, 1);
  persist(platform, log, true);
  of.commit = 1;
  world.disk('a').fail({ operation: 'write', path: '/store/hardstate', code: 'EIO' });
  next();
  expect(failures.map(({ code }) => code)).toEqual(['EIO']);
});
