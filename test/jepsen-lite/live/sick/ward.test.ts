import { expect, test } from 'vitest';
import { type Ailments, healthy } from '../../../../jepsen-lite/live/sick/ailments.ts';
import { admit, Ward } from '../../../../jepsen-lite/live/sick/ward.ts';
import { VirtualWorld } from '../../../support/virtual-platform.ts';

async function wardWith(maxChunkBytes = Number.POSITIVE_INFINITY) {
  const world = new VirtualWorld();
  world.fabric.maxChunkBytes = maxChunkBytes;
  const run = world.start('run');
  const ward = new Ward(run);
  const { port } = await world.settle(ward.open('0.0.0.0'));
  const heard: Record<string, Ailments[]> = {};
  const start = (name: string) => {
    const platform = world.start(name);
    heard[name] = [];
    admit(platform, { host: 'run', port }, { name }, (ailments) => heard[name]?.push(ailments));
    world.advance(10);
    return platform;
  };
  return { world, run, ward, heard, start };
}

test.for([Number.POSITIVE_INFINITY, 1])(
  'patients hear what ails them, whole, each its own (chunks of %d bytes)',
  async (chunk) => {
    const { world, ward, heard, start } = await wardWith(chunk);
    start('n0');
    start('n1');
    expect(ward.present).toEqual(['n0', 'n1']);
    ward.tell('n0', { syncDelayMs: 3_000 });
    ward.tell('n0', { diskFull: true });
    world.advance(10);
    expect(heard['n0']).toEqual([healthy, { ...healthy, syncDelayMs: 3_000 }, { ...healthy, diskFull: true }]);
    expect(heard['n1']).toEqual([healthy]);
    ward.healAll();
    world.advance(10);
    expect(heard['n0']?.at(-1)).toEqual(healthy);
  },
);

test('a patient that starts anew hears it at its start', async () => {
  const { world, ward, heard, start } = await wardWith();
  start('n0').crash();
  world.advance(10);
  expect(ward.present).toEqual([]);
  ward.tell('n0', { clockOffsetMs: 5 });
  start('n0');
  expect(heard['n0']).toEqual([{ ...healthy, clockOffsetMs: 5 }]);
});

test.for(['dies', 'closes'])('nobody stays sick when the run %s', async (how) => {
  const { world, run, ward, heard, start } = await wardWith();
  start('n0');
  ward.tell('n0', { diskFull: true });
  world.advance(10);
  if (how === 'dies') run.crash();
  else ward.close();
  world.advance(10);
  expect(heard['n0']?.at(-1)).toEqual(healthy);
});
