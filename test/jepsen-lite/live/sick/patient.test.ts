import { describe, expect, test } from 'vitest';
import { type Ailments, healthy } from '../../../../jepsen-lite/live/sick/ailments.ts';
import { Patient } from '../../../../jepsen-lite/live/sick/patient.ts';
import { VirtualWorld } from '../../../support/virtual-platform.ts';

function patient(detours = {}) {
  const world = new VirtualWorld();
  const sick = new Patient(world.start('here'), detours);
  sick.disk.makeDirectory('/d');
  const file = sick.disk.open('/d/f', { create: true });
  const done: string[] = [];
  const note = (what: string) => (error: { code: string } | undefined) => done.push(`${what} ${error?.code ?? 'ok'}`);
  const bytes = Buffer.from('abc');
  return {
    world,
    sick,
    file,
    done,
    ail: (ailments: Partial<Ailments>) => {
      sick.ailments = { ...healthy, ...ailments };
    },
    write: () => file.write([bytes], 0, note('write')),
    sync: () => file.sync(note('sync')),
    read: () => file.read(Buffer.alloc(3), 0, note('read')),
  };
}

describe('a patient', () => {
  test('is as its platform is while nothing ails it', () => {
    const { world, done, write, sync, read, sick } = patient();
    write();
    world.advance(5);
    sync();
    read();
    world.advance(5);
    expect(done).toEqual(['write ok', 'sync ok', 'read ok']);
    expect(sick.disk.readFile('/d/f')?.toString()).toBe('abc');
    expect(sick.disk.space('/d').freeBytes).toBeGreaterThan(0);
  });

  test.for([
    ['writeDelayMs', 'write'],
    ['syncDelayMs', 'sync'],
    ['readDelayMs', 'read'],
  ] as const)('with %s is slow in that, and in nothing else', ([ailment, slow]) => {
    const { world, done, ail, ...operations } = patient();
    ail({ [ailment]: 500 });
    for (const operation of ['write', 'sync', 'read'] as const) operations[operation]();
    world.advance(400);
    expect(done.map((line) => line.split(' ')[0]).sort()).toEqual(
      ['read', 'sync', 'write'].filter((each) => each !== slow),
    );
    world.advance(200);
    expect(done.at(-1)).toBe(`${slow} ok`);
  });

  test('takes nothing while its disk is full, and goes on afterwards', () => {
    const { world, sick, file, done, ail, write } = patient();
    ail({ diskFull: true });
    write();
    expect(done).toEqual([]);
    world.advance(5);
    expect(done).toEqual(['write ENOSPC']);
    expect(() => file.writeSync(Buffer.from('x'), 0)).toThrow(/^ENOSPC/);
    expect(() => sick.disk.replaceFile('/d/g', Buffer.from('x'))).toThrow(/^ENOSPC/);
    expect(() => sick.disk.makeDirectory('/d/e')).toThrow(/^ENOSPC/);
    sick.disk.makeDirectory('/d');
    expect(sick.disk.space('/d').freeBytes).toBe(0);
    expect(file.size()).toBe(0);
    ail({});
    write();
    world.advance(5);
    expect(done.at(-1)).toBe('write ok');
  });

  test('fails as often as it was told, each kind by itself, and never within the call', () => {
    const { world, done, ail, write, sync } = patient();
    ail({ failingSyncs: 1 });
    sync();
    write();
    expect(done).toEqual([]);
    world.advance(5);
    sync();
    world.advance(5);
    expect(done.toSorted()).toEqual(['sync EIO', 'sync ok', 'write ok']);
  });

  test('closes a file only behind what is late', () => {
    const { world, done, ail, file, write, sick } = patient();
    ail({ writeDelayMs: 1_000 });
    write();
    file.close();
    world.advance(2_000);
    expect(done).toEqual(['write ok']);
    expect(sick.disk.readFile('/d/f')?.toString()).toBe('abc');
  });

  test('sees another wall time, and the same monotonic one', () => {
    const { sick, ail } = patient();
    const [wall, monotonic] = [sick.clock.nowMs(), sick.clock.monotonicMs()];
    ail({ clockOffsetMs: -3_600_000 });
    expect(sick.clock.nowMs()).toBe(wall - 3_600_000);
    expect(sick.clock.monotonicMs()).toBe(monotonic);
  });

  test('dials what its detours say', () => {
    const { world, sick } = patient({ 'far:80': 'near:81' });
    const dialed: string[] = [];
    for (const name of ['near', 'other']) {
      world.start(name).network.listen(
        { host: '0.0.0.0', port: name === 'near' ? 81 : 80 },
        () => dialed.push(name),
        () => {},
      );
    }
    for (const host of ['far', 'other'])
      sick.network.connect({ host, port: 80 }, { onData: () => {}, onClose: () => {} });
    world.advance(10);
    expect(dialed.toSorted()).toEqual(['near', 'other']);
  });
});
