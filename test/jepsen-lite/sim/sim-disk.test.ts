import { expect, test } from 'vitest';
import { nodeEngine } from '../../../jepsen-lite/bin/engine.ts';
import { Chance } from '../../../jepsen-lite/sim/chance.ts';
import { SimFile } from '../../../jepsen-lite/sim/sim-file.ts';
import { SimWorld } from '../../../jepsen-lite/sim/sim-world.ts';
import { Trace } from '../../../jepsen-lite/sim/trace.ts';

const chance = () => new Chance(1, 'test');

function fileWith(synced: string, unsynced: string): SimFile {
  const file = new SimFile();
  file.write(Buffer.from(synced), 0);
  file.beginSync()(true);
  file.write(Buffer.from(unsynced), synced.length);
  return file;
}

test('a power failure takes what was not synced, and nothing else', () => {
  const file = fileWith('kept', 'lost');
  file.crash('lost', chance());
  expect(file.content().toString()).toBe('kept');
});

test('what was written while a sync was on its way is not covered by it', () => {
  const file = new SimFile();
  file.write(Buffer.from('before'), 0);
  const end = file.beginSync();
  file.write(Buffer.from('after'), 6);
  end(true);
  file.crash('lost', chance());
  expect(file.content().toString()).toBe('before');
});

test('after a failed sync the pages pass for clean, and never reach the medium', () => {
  const file = fileWith('kept', 'lost');
  file.beginSync()(false);
  file.beginSync()(true);
  expect(file.content().toString()).toBe('keptlost');
  file.crash('kept', chance());
  expect(file.content().toString().startsWith('kept')).toBe(true);
  expect(file.content().toString()).not.toContain('lost');
});

test('torn: of unsynced sectors some survive and some do not, so that holes appear', () => {
  const file = new SimFile();
  file.write(Buffer.alloc(512 * 64, 1), 0);
  file.crash('torn', chance());
  const sectors = Array.from({ length: 64 }, (_, at) => file.content()[at * 512] ?? 0);
  expect(new Set(sectors)).toEqual(new Set([0, 1]));
});

test('a cut that was synced stays cut', () => {
  const file = fileWith('0123456789', '');
  file.truncate(4);
  file.write(Buffer.from('x'), 6);
  file.beginSync()(true);
  file.crash('lost', chance());
  expect([...file.content()]).toEqual([...Buffer.from('0123\0\0x')]);
});

function disk() {
  const world = new SimWorld(1, nodeEngine, new Trace());
  return { world, process: world.start('m') };
}

test('a new name is lost with the power unless its directory was synced', () => {
  const { world, process } = disk();
  process.disk.makeDirectory('/d');
  for (const name of ['a', 'b']) {
    const file = process.disk.open(`/d/${name}`, { create: true });
    file.writeSync(Buffer.from(name), 0);
    file.syncNow();
    if (name === 'a') process.disk.syncDirectory('/d');
  }
  process.losePower('lost');
  const { disk: after } = world.start('m');
  expect(after.list('/d')).toEqual(['a']);
});

test('a replaced file is the old one or the new one after a power failure, never none', () => {
  for (let seed = 0; seed < 20; seed++) {
    const world = new SimWorld(seed, nodeEngine, new Trace());
    const process = world.start('m');
    process.disk.replaceFile('/f', Buffer.from('old'));
    const file = process.disk.open('/f.tmp', { create: true });
    file.writeSync(Buffer.from('new'), 0);
    file.syncNow();
    process.disk.rename('/f.tmp', '/f');
    process.losePower('torn');
    expect(['old', 'new']).toContain(world.start('m').disk.readFile('/f')?.toString());
  }
});

test('a full disk writes a part, says ENOSPC, and writes again when there is room', async () => {
  const { world, process } = disk();
  const file = process.disk.open('/f', { create: true });
  process.host.image.capacityBytes = 4_096;
  const results: (string | undefined)[] = [];
  file.write([Buffer.alloc(6_000, 1)], 0, (error, written) => results.push(error?.code, String(written)));
  await world.loop.run(10_000);
  process.host.image.capacityBytes = Number.POSITIVE_INFINITY;
  file.write([Buffer.alloc(6_000, 1)], 0, (error, written) => results.push(error?.code, String(written)));
  await world.loop.run(20_000);
  expect(results).toEqual(['ENOSPC', '4096', undefined, '6000']);
});

test('a killed process keeps what it wrote, and frees its lock', async () => {
  const { world, process } = disk();
  process.disk.makeDirectory('/d');
  const file = process.disk.open('/d/f', { create: true });
  file.writeSync(Buffer.from('here'), 0);
  expect(process.disk.lock('/d')).toBeDefined();
  expect(process.disk.lock('/d')).toBeUndefined();
  process.kill();
  const next = world.start('m');
  expect(next.disk.readFile('/d/f')?.toString()).toBe('here');
  expect(next.disk.lock('/d')).toBeDefined();
  expect(next.process.bootId()).toBe(process.process.bootId());
  next.losePower('lost');
  expect(world.start('m').process.bootId()).not.toBe(process.process.bootId());
});
