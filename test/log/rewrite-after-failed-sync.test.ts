import { expect, test } from 'vitest';
import { nodeEngine } from '../../jepsen-lite/bin/engine.ts';
import { SimWorld } from '../../jepsen-lite/sim/sim-world.ts';
import { Trace } from '../../jepsen-lite/sim/trace.ts';
import { SegmentFiles } from '../../src/log/segment-files.ts';
import type { Disk } from '../../src/platform/ports.ts';

const bytes = Buffer.alloc(3_000, 7);

function open(disk: Disk): SegmentFiles {
  disk.makeDirectory('/log');
  const files = SegmentFiles.open({ disk, directory: '/log', segmentBytes: 2_048, firstPosition: 0, maxOpenFiles: 4 });
  if (!(files instanceof SegmentFiles)) throw new Error(files.message);
  return files;
}

/** Two segments whose first fsync fails; then the process is started anew, fsyncs, and the power fails. Returns what is left. */
function leftAfter(rewrite: boolean): Buffer {
  const world = new SimWorld(1, nodeEngine, new Trace());
  const first = world.start('m');
  const files = open(first.disk);
  for (const start of [0, 2_048]) {
    const file = files.fileForWrite(start);
    file.writeSync(bytes.subarray(start, Math.min(start + 2_048, bytes.length)), 0);
    first.disk.image.plan({ operation: 'sync', code: 'EIO', path: file.path });
    expect(() => file.syncNow()).toThrow('EIO');
  }
  first.kill();
  const second = world.start('m');
  const again = open(second.disk);
  if (rewrite) again.rewrite(0, bytes.length);
  again.syncFrom(0);
  second.losePower('lost');
  const left = open(world.start('m').disk);
  return Buffer.concat(
    [0, 2_048].map((start) => {
      const target = Buffer.alloc(2_048);
      left.file(start).readSync(target, 0);
      return target;
    }),
  ).subarray(0, bytes.length);
}

test('after a failed fsync only what is written anew reaches the disk', () => {
  expect(leftAfter(false).equals(bytes)).toBe(false);
  expect(leftAfter(true).equals(bytes)).toBe(true);
});
