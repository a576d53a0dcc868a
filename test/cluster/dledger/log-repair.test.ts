import { describe, expect, it } from 'vitest';
import { DledgerWorld, type MemberName } from './dledger-world.ts';

const FILE_BYTES = 65_536;

/** A group whose log spans several files; every member has snapshots of all but its end where `snapshots`. */
async function filled(conf = '', count = 150): Promise<DledgerWorld> {
  const group = await DledgerWorld.serving(conf);
  const producer = await group.producer();
  for (let i = 0; i < count; i++) {
    await group.world.settle(producer.send({ topic: 'T', body: `${i} `.padEnd(1_000, 'x') }));
  }
  await group.untilEqual();
  return group;
}

function fileOf(name: MemberName, position: number): [path: string, offset: number] {
  const start = position - (position % FILE_BYTES);
  return [`/store/dledger-${name}/data/${String(start).padStart(20, '0')}`, position - start];
}

/** Spoils `length` bytes of a member's log. */
function spoil(group: DledgerWorld, name: MemberName, position: number, length = 1): void {
  const [path, offset] = fileOf(name, position);
  for (let i = 0; i < length; i++) group.world.disk(name).rot(path, offset + i);
}

/** Replaces bytes of a member's log by zeros. */
function zero(group: DledgerWorld, name: MemberName, position: number, length: number): void {
  const [path, offset] = fileOf(name, position);
  const content = group.world.disk(name).contentOf(path)!;
  group.world.disk(name).put(path, content.fill(0, offset, offset + length));
}

function positionOf(group: DledgerWorld, name: MemberName, index: number): number {
  return group.broker(name).parts.member.storage.log.positionOf(index);
}

async function untilRepaired(group: DledgerWorld, name: MemberName): Promise<void> {
  await group.until(() => group.isRunning(name) && group.broker(name).status().logCare.damagedPlaces === 0);
}

describe('a member with a damaged log (raft/SAFETY.md 3)', () => {
  it.each([
    ['a header', (at: number) => [at + 10, 1]],
    ['a chain CRC', (at: number) => [at + 37, 1]],
    ['a body', (at: number) => [at + 300, 1]],
    ['the size', (at: number) => [at + 4, 4]],
    ['a sector over several entries', (at: number) => [at + 700, 4_096]],
  ])('repairs %s from its peers at a start', async (_what, place) => {
    const group = await filled();
    const [name] = group.followers();
    const [from, length] = place(positionOf(group, name!, 40)) as [number, number];
    const healthy = group.logBytes(name!);
    group.kill(name!);
    spoil(group, name!, from, length);
    await group.start(name!);
    expect(group.broker(name!).status()).toMatchObject({ logDamaged: true, inDoubt: false });
    await untilRepaired(group, name!);
    await group.untilEqual();
    expect(group.logBytes(name!).equals(healthy)).toBe(true);
    expect(group.logBytes(name!).equals(group.logBytes(group.leader))).toBe(true);
    expect(await group.readAll('T')).toHaveLength(150);
  });

  it.each([
    ['zeros over a whole file', (group: DledgerWorld, name: MemberName) => zero(group, name, FILE_BYTES, FILE_BYTES)],
    ['a file cut short', (group: DledgerWorld, name: MemberName) => cutFile(group, name, FILE_BYTES, 1_000)],
    ['the first entry', (group: DledgerWorld, name: MemberName) => zero(group, name, 0, 512)],
    [
      'the first entry, and one in the middle, each together with the chain CRC of the next one',
      (group: DledgerWorld, name: MemberName) => {
        const places = [2, 41].map((index) => positionOf(group, group.leader, index));
        for (const next of places) for (const position of [next - 1, next + 37]) spoil(group, name, position);
      },
    ],
    ['the blank of a file', (group: DledgerWorld, name: MemberName) => spoilBlank(group, name, FILE_BYTES)],
  ])('repairs %s', async (_what, harm) => {
    const group = await filled();
    const [name] = group.followers();
    const healthy = group.logBytes(name!);
    group.kill(name!);
    harm(group, name!);
    await group.start(name!);
    await untilRepaired(group, name!);
    await group.untilEqual();
    expect(group.broker(name!).status()).toMatchObject({ inDoubt: false, logDamaged: false });
    expect(group.logBytes(name!).equals(healthy)).toBe(true);
  });

  it.each(['rot', 'zeros'] as const)(
    'does not forget its last entry silently, though power failed (%s)',
    async (harm) => {
      const group = await filled('flushDiskType=SYNC_FLUSH\n', 20);
      // So long it takes at most until a mark says that all of it is fsynced.
      await group.world.run(3_000);
      const [name] = group.followers() as [MemberName];
      const { log } = group.broker(name).parts.member.storage;
      const [at, end] = [log.positionOf(log.lastIndex), log.endOf(log.lastIndex)];
      const healthy = group.logBytes(name);
      group.kill(name, { machine: true });
      if (harm === 'rot') spoil(group, name, at + 100);
      else zero(group, name, at, end - at);
      await group.start(name);
      expect(group.broker(name).status()).toMatchObject({ inDoubt: true });
      const producer = await group.producer('again');
      await group.world.settle(producer.send({ topic: 'T', body: 'after' }));
      await group.until(() => !group.broker(name).status().inDoubt);
      await group.untilEqual();
      expect(group.logBytes(name).subarray(0, end).equals(healthy.subarray(0, end))).toBe(true);
      expect(await group.readAll('T')).toHaveLength(21);
    },
  );

  it('gives no header that rotted to a member that lacks the entry: not before others have repaired it', async () => {
    const group = await filled();
    const [behind, other] = group.followers() as [MemberName, MemberName];
    const { leader } = group;
    const { lastIndex } = group.broker(behind).status();
    group.kill(behind);
    const producer = await group.producer('more');
    for (let i = 0; i < 20; i++) await group.world.settle(producer.send({ topic: 'T', body: 'y'.repeat(1_000) }));
    await group.untilEqual();
    await group.stop(other);
    const place = positionOf(group, leader, lastIndex + 1);
    await group.stop(leader);
    // What the entry says of the one before it; nothing else in it is wrong.
    spoil(group, leader, place + 38);
    await group.start(leader);
    await group.start(behind);
    await group.world.run(5_000);
    expect(group.fatal).toEqual([]);
    await group.start(other);
    await group.untilServing(20_000);
    await untilRepaired(group, leader);
    await group.untilEqual();
    expect(group.logBytes(behind).equals(group.logBytes(other))).toBe(true);
    expect(group.logBytes(leader).equals(group.logBytes(other))).toBe(true);
    expect(group.fatal).toEqual([]);
  });

  it('is not stopped by a second one with other damage while the third is away', async () => {
    const group = await filled();
    const [a, b, c] = [...group.followers(), group.leader] as [MemberName, MemberName, MemberName];
    const [first, second] = [positionOf(group, a, 30), positionOf(group, a, 90)];
    for (const name of [a, b, c]) group.kill(name);
    spoil(group, a, first + 100, 2_000);
    spoil(group, b, second + 100, 2_000);
    await group.start(a);
    await group.start(b);
    await group.untilServing();
    expect([a, b].map((name) => group.broker(name).status().inDoubt)).toEqual([false, false]);
    const producer = await group.producer('again');
    await group.world.settle(producer.send({ topic: 'T', body: 'after' }));
    expect(await group.readAll('T')).toHaveLength(151);
    await group.untilEqual();
    expect(group.logBytes(a).equals(group.logBytes(b))).toBe(true);
  });

  it('votes, but does not lead, while nobody holds what it lacks', async () => {
    const group = await filled();
    const [a, b] = group.followers() as [MemberName, MemberName];
    const { leader } = group;
    const place = positionOf(group, a, 40);
    for (const name of [a, b, leader]) group.kill(name);
    for (const name of [a, b]) spoil(group, name, place + 100);
    await group.start(a);
    await group.start(b);
    await group.world.run(5_000);
    expect(group.serving()).toEqual([]);
    expect(group.broker(a).status()).toMatchObject({ logDamaged: true, inDoubt: false });
    await group.start(leader);
    await group.untilServing();
    for (const name of [a, b]) await untilRepaired(group, name);
    await group.untilEqual();
    expect(await group.readAll('T')).toHaveLength(150);
  });

  it('finds rot below its snapshot while it runs, and repairs it', async () => {
    const group = await filled('scrubIntervalMs=2000\nscrubBytesPerSecond=1000000\n');
    const [name] = group.followers() as [MemberName];
    await group.stop(name);
    await group.start(name);
    await group.untilEqual();
    const healthy = group.logBytes(name);
    spoil(group, name, positionOf(group, name, 40) + 200);
    spoil(group, name, positionOf(group, name, 90) + 20, 60);
    expect(group.logBytes(name).equals(healthy)).toBe(false);
    await group.until(() => group.broker(name).status().logCare.scrub.found === 2, 20_000);
    await untilRepaired(group, name);
    expect(group.logBytes(name).equals(healthy)).toBe(true);
    const { repairedEntries, scrub } = group.broker(name).status().logCare;
    expect([repairedEntries >= 2, scrub.position > FILE_BYTES]).toEqual([true, true]);
    await group.until(() => group.broker(name).status().logCare.scrub.passes > scrub.passes + 1, 20_000);
    expect(group.broker(name).status().logCare.scrub.found).toBe(2);
  });

  it('repairs a file below its snapshot that was cut short at its start, without a scrub', async () => {
    const group = await filled('scrubBytesPerSecond=0\n');
    const [name] = group.followers() as [MemberName];
    const healthy = group.logBytes(name);
    await group.stop(name);
    cutFile(group, name, FILE_BYTES, 1_000);
    await group.start(name);
    await group.until(() => group.broker(name).status().logCare.repairedEntries > 40);
    await untilRepaired(group, name);
    await group.untilEqual();
    expect(group.logBytes(name).subarray(0, healthy.length).equals(healthy)).toBe(true);
    expect(group.broker(name).status()).toMatchObject({ inDoubt: false, logDamaged: false });
  });

  it('keeps a file until its age can be told, and repairs what tells it', async () => {
    const group = await filled('scrubBytesPerSecond=0\ncleanResourceInterval=1000\ndeleteWhen=0;1\n');
    const [name] = group.followers() as [MemberName];
    const minPosition = () => group.broker(name).parts.member.storage.log.segments.minPosition;
    group.own.set(name, 'fileReservedTime=0');
    await group.stop(name);
    zero(group, name, FILE_BYTES, 8);
    await group.start(name);
    expect([minPosition(), group.broker(name).status().logDamaged]).toEqual([0, false]);
    await group.until(() => minPosition() >= FILE_BYTES);
    expect(group.broker(name).status().logCare.repairedEntries).toBe(1);
  });

  it('builds lost consume queues from a damaged log when it is repaired', async () => {
    const group = await filled();
    const [name] = group.followers() as [MemberName];
    const place = positionOf(group, name, 40);
    await group.stop(name);
    spoil(group, name, place + 300);
    const disk = group.world.disk(name);
    for (const path of [...disk.files.keys()]) if (path.startsWith('/store/consumequeue/')) disk.files.delete(path);
    await group.start(name);
    await untilRepaired(group, name);
    await group.untilEqual();
    for (const other of group.names) if (other !== name) group.kill(other);
    const queued = group.broker(name).parts.data.store.queueOffsets().get('T')!;
    expect(queued.reduce((sum, next) => sum + next)).toBe(150);
  });

  it('serves no damaged record, and skips none', async () => {
    const group = await filled('scrubBytesPerSecond=0\n');
    for (const name of group.names) await group.stop(name);
    for (const name of group.names) await group.start(name);
    await group.untilServing();
    await group.untilEqual();
    const { leader } = group;
    for (const index of [40, 41, 80]) spoil(group, leader, positionOf(group, leader, index) + 300);
    spoil(group, leader, positionOf(group, leader, 100) + 40);
    const messages = await group.readAll('T');
    const bodies = messages.map(({ body }) => body.toString());
    expect(new Set(bodies)).toEqual(new Set(Array.from({ length: 150 }, (_, i) => `${i} `.padEnd(1_000, 'x'))));
    expect(bodies).toHaveLength(150);
    await untilRepaired(group, leader);
    expect(group.broker(leader).status().logCare.repairedEntries).toBe(4);
    expect(group.leader).toBe(leader);
  });

  it('cuts its log where it is damaged, in doubt, when a leader has another end', async () => {
    const group = await filled('', 60);
    const old = group.leader;
    group.isolate(old);
    const { log } = group.broker(old).parts.member.storage;
    const before = log.lastIndex;
    const pinned = await group.producer('pinned');
    const lost = [0, 1, 2].map(() => pinned.send({ topic: 'T', body: 'lost'.padEnd(900, '.') }).catch(() => undefined));
    await group.until(() => log.lastIndex > before || (group.serving().length === 1 && group.leader !== old), 20_000);
    const place = log.positionOf(log.lastIndex);
    group.kill(old);
    await group.untilServing();
    group.heal(old);
    await group.world.settle(Promise.all(lost));
    const producer = await group.producer('new');
    for (let i = 0; i < 20; i++) await group.world.settle(producer.send({ topic: 'T', body: `n${i}` }));
    spoil(group, old, place - 100);
    await group.start(old);
    await group.until(() => (group.isRunning(old) ? group.broker(old).status().logCare.damagedPlaces === 0 : true));
    expect(group.fatal).toEqual([expect.stringContaining('has another end')]);
    await group.start(old);
    await group.until(() => !group.broker(old).status().inDoubt);
    await group.untilEqual();
    expect(group.logBytes(old).equals(group.logBytes(group.leader))).toBe(true);
  });

  it('cuts nothing where what is damaged lies below its snapshot, though a leader has another end', async () => {
    const group = await filled('', 60);
    const [, other] = group.followers() as [MemberName, MemberName];
    await group.stop(group.leader);
    await group.untilServing();
    for (const name of group.names) if (!group.isRunning(name)) await group.start(name);
    const producer = await group.producer('second');
    for (let i = 0; i < 90; i++) {
      await group.world.settle(producer.send({ topic: 'T', body: `${i} `.padEnd(1_000, 'y') }));
    }
    await group.untilEqual();
    const old = group.leader;
    await new Promise<void>((resolve) => {
      group.broker(old).parts.snapshots.take(() => resolve());
      void group.world.run(1_000);
    });
    const { log } = group.broker(old).parts.member.storage;
    const places = log.termRuns().map(({ first }) => log.positionOf(first));
    group.isolate(old);
    const [before, pinned] = [log.lastIndex, await group.producer('pinned')];
    const lost = pinned.send({ topic: 'T', body: 'lost' }).catch(() => undefined);
    await group.until(() => log.lastIndex > before);
    group.kill(old);
    await group.untilServing();
    group.heal(old);
    await group.world.settle(lost);
    // The first terms end and begin in what is gone: nobody can tell where.
    zero(group, old, places[1]! - 3_000, 6_000);
    await group.start(old);
    expect(group.broker(old).status()).toMatchObject({ logDamaged: true, inDoubt: false });
    await untilRepaired(group, old);
    await group.untilEqual();
    expect([group.fatal, group.broker(old).status().inDoubt]).toEqual([[], false]);
    expect(group.logBytes(old).equals(group.logBytes(other))).toBe(true);
  });

  it('repairs what begins with the entry of its snapshot, though only a look at all of it shows that one, and terms change behind it', async () => {
    const group = await filled('scrubIntervalMs=1000\nscrubBytesPerSecond=1000000\n', 20);
    const [name] = group.followers() as [MemberName];
    await new Promise<void>((resolve) => {
      group.broker(name).parts.snapshots.take(() => resolve());
      void group.world.run(1_000);
    });
    const covered = group.broker(name).status().appliedIndex;
    // Another term begins in what is lost behind the snapshot.
    const old = group.leader;
    await group.stop(old);
    await group.untilServing();
    await group.start(old);
    const producer = await group.producer('more');
    for (let i = 0; i < 6; i++) await group.world.settle(producer.send({ topic: 'T', body: 'more' }));
    await group.untilEqual();
    const [from, to] = [positionOf(group, name, covered), positionOf(group, name, covered + 4)];
    const healthy = group.logBytes(name);
    group.kill(name);
    spoil(group, name, from + 200);
    zero(group, name, positionOf(group, old, covered + 1), to - positionOf(group, old, covered + 1));
    // Nobody fills the gap behind it before the entry of the snapshot is looked at.
    group.isolate(name);
    await group.start(name);
    await group.until(() => group.broker(name).status().logCare.scrub.found > 0);
    group.heal(name);
    await group.until(() => group.logBytes(name).equals(healthy), 20_000);
    await untilRepaired(group, name);
    await group.untilEqual();
    expect(group.fatal).toEqual([]);
  });

  it('builds lost consume queues from a damaged log that retention has shortened when it is repaired', async () => {
    const group = await filled('fileReservedTime=0\ndeleteWhen=0;1\ncleanResourceInterval=1000');
    const [name] = group.followers() as [MemberName];
    const segments = () => group.broker(name).parts.member.storage.log.segments;
    await group.world.run(65_000);
    expect(segments().minPosition).toBeGreaterThan(0);
    const producer = await group.producer('more');
    for (let i = 0; i < 20; i++) await group.world.settle(producer.send({ topic: 'T', body: 'more' }));
    await group.untilEqual();
    const { store, state } = group.broker(name).parts.data;
    const expected = { next: [...store.queueOffsets()].sort(), hash: state.hash() };
    const place = positionOf(group, name, group.broker(name).status().lastIndex - 10);
    await group.stop(name);
    spoil(group, name, place + 100);
    const disk = group.world.disk(name);
    for (const path of [...disk.files.keys()]) if (path.startsWith('/store/consumequeue/')) disk.files.delete(path);
    await group.start(name);
    // The queues are not complete before a snapshot says so: a process that ends before builds them again.
    group.kill(name);
    await group.start(name);
    expect(group.filesOf(name, 'snapshots')).toEqual([expect.stringContaining('pending-')]);
    await untilRepaired(group, name);
    await group.untilEqual();
    const again = group.broker(name).parts.data;
    expect({ next: [...again.store.queueOffsets()].sort(), hash: again.state.hash() }).toEqual(expected);
    expect(group.fatal).toEqual([]);
    const [topicQueues] = again.store.queueIds('T');
    expect(again.store.minOffset('T', topicQueues!)).toBeLessThan(again.store.maxOffset('T', topicQueues!));
  });
});

/** Cuts a file of a member's log `rest` bytes behind its beginning. */
function cutFile(group: DledgerWorld, name: MemberName, start: number, rest: number): void {
  const [path] = fileOf(name, start);
  const disk = group.world.disk(name);
  disk.put(path, disk.contentOf(path)!.subarray(0, rest));
}

/** Spoils the blank that ends a file. */
function spoilBlank(group: DledgerWorld, name: MemberName, end: number): void {
  const [path] = fileOf(name, end - 1);
  const at = group.world
    .disk(name)
    .contentOf(path)!
    .lastIndexOf(Buffer.from([0xff, 0xff, 0xff, 0xff]));
  spoil(group, name, end - FILE_BYTES + at, 8);
}
