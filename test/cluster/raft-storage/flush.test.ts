import { expect, test } from 'vitest';
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
