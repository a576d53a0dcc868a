import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { recover } from '../../src/log/recovery.ts';
import { SegmentedLog } from '../../src/log/segmented-log.ts';
import { NodeDisk } from '../../src/platform/node/disk.ts';
import { appendUnit, testEnvelope } from './test-envelope.ts';

const directory = mkdtempSync(join(tmpdir(), 'log-'));
afterEach(() => rmSync(directory, { recursive: true }));

function open(): SegmentedLog {
  const options = {
    disk: new NodeDisk(),
    directory: join(directory, 'data'),
    segmentBytes: 1 << 20,
    envelope: testEnvelope,
  };
  const log = SegmentedLog.open(options);
  if (log instanceof SegmentedLog) return log;
  throw new Error(log.message);
}

function persist(log: SegmentedLog): Promise<number> {
  return new Promise((resolve, reject) => {
    log.persist(true, (error, upTo) => (error === undefined ? resolve(upTo) : reject(new Error(error.message))));
  });
}

it('works on a real file system: rolls, cuts, and comes back with the same bytes', async () => {
  const log = open();
  log.start(0);
  const positions: number[] = [];
  for (let i = 0; i < 200; i++) positions.push(appendUnit(log, 20_000, i & 255));
  expect(await persist(log)).toBe(log.endPosition);
  expect(log.files.segments).toHaveLength(4);
  log.truncate(positions[120]!);
  appendUnit(log, 500, 9);
  expect(await persist(log)).toBe(positions[120]! + 500);
  expect(log.files.segments).toHaveLength(3);
  expect(statSync(log.files.pathOf(log.endPosition)).size).toBe(1 << 20);
  log.close();

  const again = open();
  const fills: number[] = [];
  const visit = (buffer: Buffer, offset: number) => fills.push(buffer[offset + 20]!);
  const found = recover(again, { envelope: testEnvelope, from: 0, syncedMark: 0, visit });
  expect(found).toEqual({ kind: 'clean', end: positions[120]! + 500 });
  expect(fills).toEqual([...Array.from({ length: 120 }, (_, i) => i), 9]);
  again.close();
});
