import { expect, test, vi } from 'vitest';
import { createVirtualPlatform } from '../../support/virtual-platform.ts';
import { openLog, propose } from './log-fixture.ts';

test('a flush waits for a persist in flight, and for the one that its end starts', () => {
  const platform = createVirtualPlatform();
  const { log } = openLog(platform);
  const ends: string[] = [];
  propose(log, 1, 30, 1);
  log.persist(true, () => {
    ends.push('first');
    log.persist(true, (_error, upTo) => ends.push(`second up to ${upTo}`));
  });
  propose(log, 1, 30, 2);
  log.flush((error) => ends.push(`flush ${error?.code ?? 'ok'}`));
  platform.world.runUntil(() => ends.length === 3);
  expect(ends).toEqual(['first', 'second up to 2', 'flush ok']);
  expect(log.segments.syncedPosition).toBe(log.segments.endPosition);
});

test('a flush waits for an fsync beside it, which must not lose its files', () => {
  const platform = createVirtualPlatform();
  const { log } = openLog(platform);
  const ends: string[] = [];
  for (let index = 1; index <= 60; index++) propose(log, 1, 100, index);
  log.persist(false, () => ends.push('written'));
  platform.world.runUntil(() => ends.length === 1);
  expect(log.segments.files.segments.length).toBeGreaterThan(2);
  let end: (() => void) | undefined;
  vi.spyOn(log.segments.files.file(0), 'sync').mockImplementationOnce((done) => {
    end = () => done(undefined);
  });
  log.segments.syncWritten(() => ends.push('beside'));
  log.flush((error) => ends.push(`flush ${error?.code ?? 'ok'}`));
  platform.world.advance(1_000);
  expect(log.segments.syncedPosition).toBe(log.segments.endPosition);
  expect(ends).toEqual(['written']);
  end?.();
  platform.world.runUntil(() => ends.length === 3);
  expect(ends).toEqual(['written', 'beside', 'flush ok']);
});
