import { describe, expect, it } from 'vitest';
import { PeriodicSync } from '../../src/log/periodic-sync.ts';
import { createVirtualPlatform } from '../support/virtual-platform.ts';
import { appendUnit, openLog, persist } from './test-envelope.ts';

const MIB = 1 << 20;

function started(intervalMs = 500) {
  const platform = createVirtualPlatform();
  const log = openLog(platform, { segmentBytes: 16 * MIB });
  log.start(0);
  const failures: string[] = [];
  const sync = new PeriodicSync(log, platform.timers, intervalMs, (error) => failures.push(error.code));
  sync.start();
  const write = (count: number): void => {
    for (let i = 0; i < count; i++) appendUnit(log, MIB, 1);
    persist(platform, log);
  };
  return { platform, log, sync, failures, write };
}

describe('PeriodicSync', () => {
  it('fsyncs a little at the end of the interval', () => {
    const { platform, log, write } = started();
    write(3);
    platform.world.advance(480);
    expect(log.syncedPosition).toBe(0);
    platform.world.advance(40);
    expect(log.syncedPosition).toBe(3 * MIB);
  });

  it('fsyncs much at the next look', () => {
    const { platform, log, write } = started();
    write(4);
    platform.world.advance(70);
    expect(log.syncedPosition).toBe(4 * MIB);
  });

  it('begins the interval anew after each fsync', () => {
    const { platform, log, write } = started();
    platform.world.advance(400);
    write(4);
    platform.world.advance(70);
    write(1);
    platform.world.advance(300);
    expect(log.syncedPosition).toBe(4 * MIB);
    platform.world.advance(250);
    expect(log.syncedPosition).toBe(5 * MIB);
  });

  it('looks at the end only where the interval is short', () => {
    const { platform, log, write } = started(5);
    write(1);
    platform.world.advance(7);
    expect(log.syncedPosition).toBe(MIB);
  });

  it('does nothing after the stop, and tells a failure', () => {
    const { platform, log, sync, failures, write } = started();
    write(1);
    sync.stop();
    platform.world.advance(2_000);
    expect(log.syncedPosition).toBe(0);
    const other = started();
    other.write(1);
    other.platform.disk.image.fail({ operation: 'sync', code: 'EIO' });
    other.platform.world.advance(520);
    expect(other.failures).toEqual(['EIO']);
    expect(failures).toEqual([]);
  });
});
