import { describe, expect, it } from 'vitest';
import { DledgerWorld, type MemberName } from './dledger-world.ts';

/** Messages leave the log as soon as a snapshot covers their file. */
const SHORT = 'fileReservedTime=0\ndeleteWhen=0;1\ncleanResourceInterval=1000';

const FILE_BYTES = 65_536;

async function send(group: DledgerWorld, count: number, topic = 'Orders'): Promise<void> {
  const producer = await group.producer();
  for (let n = 0; n < count; n++) await group.world.settle(producer.send({ topic, body: 'x'.repeat(4_000) }));
}

const partsOf = (group: DledgerWorld, name: MemberName) => group.broker(name).parts;
const segments = (group: DledgerWorld, name: MemberName) => partsOf(group, name).member.storage.log.segments;

/** All that members at the same entry must agree about; where the logs begin, each decides for itself. */
function stateOf(group: DledgerWorld, name: MemberName) {
  const { store, state, members } = partsOf(group, name).data;
  const queues = store
    .topics()
    .sort()
    .map((topic) => {
      return store.queueIds(topic).map((queue) => [topic, queue, store.maxOffset(topic, queue)]);
    });
  return { hash: state.hash(), next: [...store.queueOffsets()].sort(), queues, members: members.applied };
}

function minOffsets(group: DledgerWorld, name: MemberName) {
  const { store } = partsOf(group, name).data;
  return ['Idle', 'Orders'].map((topic) => store.queueIds(topic).map((queue) => store.minOffset(topic, queue)));
}

/** A group in which `away` lacks entries that the others no longer have. */
async function leftBehind(conf = SHORT): Promise<{ group: DledgerWorld; away: MemberName }> {
  const group = await DledgerWorld.serving(conf);
  await send(group, 20, 'Idle');
  const away = group.followers()[0]!;
  await group.untilEqual();
  const end = segments(group, away).endPosition;
  group.kill(away);
  await send(group, 70);
  await group.world.run(65_000);
  expect(segments(group, group.leader).minPosition).toBeGreaterThan(end);
  return { group, away };
}

/** Removes the files that a snapshot covers, whatever retention says. */
function trim(group: DledgerWorld, name: MemberName): void {
  const { member, snapshots, data } = partsOf(group, name);
  member.storage.log.deleteBefore(snapshots.position);
  data.store.trim();
}

/** What a member's directory says of how far it came. */
function stageOf(group: DledgerWorld, name: MemberName): string {
  const names = group.filesOf(name, 'snapshots');
  if (names.some((one) => one.startsWith('received'))) return 'received';
  return names.some((one) => one.startsWith('pending')) ? 'pending' : 'old log';
}

async function becomesWhole(group: DledgerWorld, name: MemberName): Promise<void> {
  await group.until(() => group.isRunning(name) && !group.broker(name).status().inDoubt, 20_000);
  await group.untilEqual();
  await group.world.run(300);
  const { leader } = group;
  expect(stateOf(group, name)).toEqual(stateOf(group, leader));
  const from = Math.max(segments(group, name).minPosition, segments(group, leader).minPosition);
  const end = segments(group, leader).endPosition;
  const bytes = (member: MemberName) => {
    const start = segments(group, member).minPosition;
    return group.logBytes(member).subarray(from - start, end - start);
  };
  expect(end).toBeGreaterThan(from);
  expect(bytes(name).equals(bytes(leader))).toBe(true);
  expect(group.fatal).toEqual([]);
}

describe("a member whose log ends before its leader's begins", () => {
  it("begins anew from the leader's snapshot and its oldest file, and has all messages that the leader has", async () => {
    const { group, away } = await leftBehind();
    await group.start(away);
    await becomesWhole(group, away);
    expect(group.renewed).toEqual([away]);
    expect(segments(group, away).minPosition).toBe(segments(group, group.leader).minPosition);
    expect(minOffsets(group, away)).toEqual(minOffsets(group, group.leader));
    await send(group, 30);
    await becomesWhole(group, away);
    expect(group.renewed).toEqual([away]);
  });

  it('leads and serves what it was given', async () => {
    const { group, away } = await leftBehind();
    await group.start(away);
    await becomesWhole(group, away);
    const before = (await group.readAll('Orders')).length;
    const { replica } = partsOf(group, group.leader).group;
    await group.world.settle(new Promise((resolve) => replica.transferLeadership(away, resolve)));
    await group.until(() => group.serving().join() === away);
    await group.world.run(500);
    expect((await group.readAll('Orders')).length).toBe(before);
    await send(group, 4);
    expect((await group.readAll('Orders')).length).toBe(before + 4);
  });

  it('is served within seconds by a leader that has just begun anew itself, and has no snapshot of its own yet', async () => {
    const { group, away } = await leftBehind();
    await group.start(away);
    await becomesWhole(group, away);
    const { replica } = partsOf(group, group.leader).group;
    await group.world.settle(new Promise((resolve) => replica.transferLeadership(away, resolve)));
    await group.until(() => group.serving().join() === away);
    expect(partsOf(group, away).snapshots.newest).toBeUndefined();
    const wiped = group.followers()[0]!;
    group.kill(wiped);
    group.world.disk(wiped).files.clear();
    await group.start(wiped);
    const at = group.world.nowMs;
    await becomesWhole(group, wiped);
    expect(group.world.nowMs - at).toBeLessThan(5_000);
    expect(group.renewed).toEqual([away, wiped]);
  });

  it('keeps what it was given over restarts, before and after its first own snapshot', async () => {
    const { group, away } = await leftBehind();
    await group.start(away);
    await becomesWhole(group, away);
    group.kill(away);
    await group.start(away);
    await becomesWhole(group, away);
    await send(group, 1);
    await group.world.run(65_000);
    group.kill(away, { machine: true });
    await group.start(away);
    await becomesWhole(group, away);
    expect(group.renewed).toEqual([away]);
  });

  it('may be an empty learner', async () => {
    const { group, away } = await leftBehind();
    await group.start(away);
    group.addMachine('n3');
    await group.start('n3');
    const { replica } = partsOf(group, group.leader).group;
    const request = { kind: 'add-learner', id: 'n3', address: 'n3:40911' } as const;
    const refusal = await group.world.settle(
      new Promise((resolve) => replica.changeMembers(request, (why) => resolve(why))),
    );
    expect(refusal).toBeUndefined();
    await becomesWhole(group, 'n3');
    expect(group.renewed).toContain('n3');
    expect(group.broker('n3').status().learners).toEqual(['n3']);
    expect(group.broker('n3').status().groupId).toBe(group.broker(group.leader).status().groupId);
  });

  it.each([false, true])('goes on wherever it ends in between (machine: %s)', async (machine) => {
    const { group, away } = await leftBehind();
    const stages = new Set<string>();
    for (let ms = 1; ms < 100; ms += 3) {
      await group.start(away);
      await group.world.run(ms);
      group.kill(away, { machine });
      stages.add(stageOf(group, away));
    }
    // What lies between the two is one turn: test/cluster/raft-storage/received-snapshot.test.ts.
    expect([...stages]).toEqual(['old log', 'pending']);
    await group.start(away);
    await becomesWhole(group, away);
  });

  it.each([0, 4_096, 16_384, 32_768, 49_152])(
    'waits on a disk with %d bytes of room, and goes on when there is more',
    async (room) => {
      const { group, away } = await leftBehind();
      const disk = group.world.disk(away);
      disk.capacityBytes = disk.allocatedBytes + room;
      await group.start(away);
      await group.world.run(5_000);
      expect(group.fatal).toEqual([]);
      disk.capacityBytes = Number.POSITIVE_INFINITY;
      await becomesWhole(group, away);
    },
  );

  it('is served by the next leader if the one that sends dies', async () => {
    for (const ms of [60, 100, 105, 110, 150]) {
      const { group, away } = await leftBehind();
      await group.start(away);
      await group.world.run(ms);
      const old = group.leader;
      group.kill(old);
      await group.world.run(2_000);
      await group.start(old);
      await group.untilServing();
      await becomesWhole(group, away);
    }
  });

  it('is given another snapshot where the log moved on before it came back with the first one', async () => {
    const group = await DledgerWorld.serving();
    const away = group.followers()[0]!;
    group.kill(away);
    for (let round = 0; round < 2; round++) {
      if (round > 0) trim(group, group.leader);
      await send(group, 70);
      await group.world.run(65_000);
    }
    await group.start(away);
    while (group.renewed.length === 0) await group.world.run(0.2);
    // As if files had been chosen for removal before the first snapshot was sent.
    const before = segments(group, group.leader).minPosition;
    trim(group, group.leader);
    expect(segments(group, group.leader).minPosition).toBeGreaterThan(before);
    await becomesWhole(group, away);
    expect(group.renewed).toEqual([away, away]);
  });

  it('catches up in bounded time while the leader goes on removing files', async () => {
    const { group, away } = await leftBehind();
    const producer = await group.producer();
    let sending = true;
    const stream = (async () => {
      while (sending) {
        await producer.send({ topic: 'Orders', body: 'x'.repeat(4_000) });
        await new Promise<void>((done) => group.client.timers.after(50, done));
      }
    })();
    await group.world.run(1_000);
    await group.start(away);
    const at = group.world.nowMs;
    await group.until(() => {
      const { lastIndex, inDoubt } = group.broker(away).status();
      return !inDoubt && group.broker(group.leader).status().lastIndex - lastIndex < 5;
    }, 10_000);
    expect(group.world.nowMs - at).toBeLessThan(10_000);
    await group.world.run(130_000);
    sending = false;
    await group.world.settle(stream);
    await becomesWhole(group, away);
    expect(group.renewed).toEqual([away]);
  });
});

describe('a member with a damaged place that lies before the logs of all others', () => {
  /** The first follower keeps its whole log, and `trimmed` others (the leader first) only its end; it stopped in order, and then entry 10 rotted. */
  async function damaged(trimmed = 2): Promise<{ group: DledgerWorld; name: MemberName; lastIndex: number }> {
    const group = await DledgerWorld.serving();
    await send(group, 20, 'Idle');
    await send(group, 70);
    await group.untilEqual();
    await group.world.run(65_000);
    const name = group.followers()[0]!;
    for (const other of [group.leader, group.followers()[1]!].slice(0, trimmed)) trim(group, other);
    const { log } = partsOf(group, name).member.storage;
    const [place, { lastIndex }] = [log.positionOf(10), log];
    expect(segments(group, name).minPosition).toBe(0);
    expect(segments(group, group.leader).minPosition).toBeGreaterThan(place);
    await group.stop(name);
    spoil(group, name, place + 300);
    return { group, name, lastIndex };
  }

  function spoil(group: DledgerWorld, name: MemberName, position: number): void {
    const start = position - (position % FILE_BYTES);
    group.world.disk(name).rot(`/store/dledger-${name}/data/${String(start).padStart(20, '0')}`, position - start);
  }

  async function becomesReadable(group: DledgerWorld, name: MemberName, lastIndex: number): Promise<void> {
    await group.until(() => group.renewed.length > 0, 30_000);
    // What it acknowledged is still there.
    expect(partsOf(group, name).member.storage.log.lastIndex).toBeGreaterThanOrEqual(lastIndex);
    expect(group.broker(name).status().inDoubt).toBe(false);
    await becomesWhole(group, name);
    expect(group.renewed).toEqual([name]);
    expect(minOffsets(group, name)).toEqual(minOffsets(group, group.leader));
    expect(group.broker(name).status()).toMatchObject({ logDamaged: false, inDoubt: false });
    await send(group, 4);
    await becomesWhole(group, name);
  }

  it.each([
    ['below its snapshot', []],
    ['above its snapshots, which are lost', ['snapshots']],
    ['while its consume queues and snapshots are lost', ['snapshots', 'consumequeue']],
  ])('begins with the log of its leader, and keeps what it has of that: %s', async (_where, lost) => {
    const { group, name, lastIndex } = await damaged();
    const { files } = group.world.disk(name);
    for (const path of [...files.keys()]) if (lost.some((folder) => path.includes(`/${folder}/`))) files.delete(path);
    group.own.set(name, 'scrubIntervalMs=2000\nscrubBytesPerSecond=1000000\n');
    await group.start(name);
    await becomesReadable(group, name, lastIndex);
  });

  it.each([
    ['too', []],
    ['together with what is before it', [-60, 20]],
  ])("begins with its leader's first entry where that is damaged here, %s", async (_what, more) => {
    const { group, name, lastIndex } = await damaged();
    const base = segments(group, group.leader).minPosition;
    for (const distance of [60, ...more]) spoil(group, name, base + distance);
    const { files } = group.world.disk(name);
    for (const path of [...files.keys()]) if (path.includes('/snapshots/')) files.delete(path);
    await group.start(name);
    expect(group.broker(name).status().logCare.damagedPlaces).toBe(2);
    await becomesReadable(group, name, lastIndex);
  });

  it("begins with its leader's first entry where that is lost together with a change of terms, below its snapshot", async () => {
    const group = await DledgerWorld.serving();
    await send(group, 20, 'Idle');
    await send(group, 70);
    const first = group.leader;
    await group.stop(first);
    await group.untilServing();
    await group.start(first);
    await send(group, 20);
    await group.untilEqual();
    await group.world.run(65_000);
    const name = group.followers()[0]!;
    for (const other of group.names) if (other !== name) trim(group, other);
    const { log } = partsOf(group, name).member.storage;
    const { lastIndex } = log;
    const base = segments(group, group.leader).minPosition;
    const change = log.positionOf(log.termRuns().at(-1)!.first);
    const [from, to] = [Math.min(base, change) - 3_000, Math.max(base, change) + 3_000];
    await group.stop(name);
    expect(partsOf(group, group.leader).snapshots.position).toBeGreaterThan(to);
    for (let position = from; position < to; position++) spoil(group, name, position);
    await group.start(name);
    expect(group.broker(name).status()).toMatchObject({ logDamaged: true, inDoubt: false });
    await becomesReadable(group, name, lastIndex);
  });

  it('keeps all of its log where another member can repair it', async () => {
    const { group, name, lastIndex } = await damaged(1);
    group.own.set(name, 'scrubIntervalMs=2000\nscrubBytesPerSecond=1000000\n');
    await group.start(name);
    await group.until(() => group.broker(name).status().logCare.repairedEntries === 1, 20_000);
    await group.world.run(15_000);
    expect(group.renewed).toEqual([]);
    expect(segments(group, name).minPosition).toBe(0);
    expect(partsOf(group, name).member.storage.log.lastIndex).toBe(lastIndex);
  });
});
