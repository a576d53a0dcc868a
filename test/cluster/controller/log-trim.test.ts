import { describe, expect, it } from 'vitest';
import { ResponseCode } from '../../../src/protocol/response-code.ts';
import { ControllerWorld, type PlayedBroker } from './controller-world.ts';

/** Files of 4 KiB hold a dozen changes. */
const SMALL_FILES = 'mappedFileSize=4096\n';
const A_SNAPSHOT_MS = 62_000;

/** A set of three, as its master and the controllers know it. */
class BusySet {
  readonly group: ControllerWorld;
  readonly master: PlayedBroker;
  #epoch = 1;

  private constructor(group: ControllerWorld, master: PlayedBroker) {
    this.group = group;
    this.master = master;
  }

  static async begun(count: number): Promise<BusySet> {
    const group = await ControllerWorld.serving(count, SMALL_FILES);
    const brokers: PlayedBroker[] = [];
    for (const id of [1, 2, 3]) {
      const broker = await group.broker(`b${id}`);
      await broker.join(id);
      broker.startBeating();
      brokers.push(broker);
    }
    await group.world.run(50);
    expect((await brokers[0]!.elect()).code).toBe(ResponseCode.SUCCESS);
    return new BusySet(group, brokers[0]!);
  }

  /** So many changes of the set, and the time of a snapshot. */
  async change(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const { code, remark, header } = await this.master.alter(
        1,
        this.#epoch % 2 === 1 ? [1, 2, 3] : [1, 2],
        this.#epoch,
      );
      expect(code, remark).toBe(ResponseCode.SUCCESS);
      this.#epoch = header.newSyncStateSetEpoch;
    }
    await this.group.world.run(A_SNAPSHOT_MS);
  }

  log(name: string) {
    return this.group.controller(name).parts.storage.log;
  }

  /** The states of all controllers are equal, and of this many changes. */
  async untilEqual(): Promise<void> {
    const states = () => this.group.names.map((name) => [...this.group.controller(name).parts.commands.state.values()]);
    const epochs = () => states().map(([set]) => set?.syncStateSetEpoch);
    await this.group.until(() => epochs().every((epoch) => epoch === this.#epoch));
    const [first, ...others] = states();
    for (const state of others) expect(state).toEqual(first);
  }
}

describe('the log of the controllers', () => {
  it.each([1, 3])('loses what two snapshots cover, and a group of %i starts from what is left', async (count) => {
    const set = await BusySet.begun(count);
    for (let round = 0; round < 4; round++) await set.change(30);
    for (const name of set.group.names) {
      expect(set.log(name).firstIndex, name).toBeGreaterThan(30);
      const { snapshotIndex } = set.group.controller(name).status().raft;
      expect(set.log(name).firstIndex).toBeLessThan(snapshotIndex);
    }
    for (const name of set.group.names) set.group.kill(name, { machine: true });
    for (const name of set.group.names) await set.group.start(name);
    await set.group.untilServing();
    await set.group.world.run(3_000);
    await set.untilEqual();
    await set.change(3);
    await set.untilEqual();
    expect(set.group.fatal).toEqual([]);
  });

  it.each([
    ['was away for longer than it is kept', false],
    ['lost its directory', true],
  ])('is made whole by a snapshot where a controller %s', async (_what, wiped) => {
    const set = await BusySet.begun(3);
    const { group } = set;
    await set.change(5);
    const away = group.names.find((name) => name !== group.leader)!;
    const hadIndex = set.log(away).lastIndex;
    group.kill(away);
    for (let round = 0; round < 4; round++) await set.change(30);
    expect(set.log(group.leader).firstIndex).toBeGreaterThan(hadIndex + 1);
    if (wiped) group.wipe(away);
    await group.start(away);
    await set.untilEqual();
    await group.until(() => !group.controller(away).status().raft.inDoubt);
    await group.until(() => set.log(away).lastIndex === set.log(group.leader).lastIndex);
    expect(set.log(away).firstIndex).toBeGreaterThan(hadIndex + 1);
    // It counts again, also over a start of its own: with it alone the leader goes on.
    group.kill(away);
    await group.start(away);
    await group.untilServing();
    const other = group.names.find((name) => name !== away && name !== group.leader)!;
    group.kill(other);
    await set.change(3);
    await group.start(other);
    await set.untilEqual();
    expect(group.fatal).toEqual([]);
  });

  it('keeps a newest snapshot that rots from taking anything with it', async () => {
    const set = await BusySet.begun(1);
    const [name] = set.group.names as [string];
    for (let round = 0; round < 4; round++) await set.change(30);
    const { snapshotIndex } = set.group.controller(name).status().raft;
    const { snapshots } = set.group.controller(name).parts.storage;
    const path = snapshots.pathOf(snapshotIndex);
    set.group.kill(name);
    set.group.world.disk(name).rot(path, 200);
    await set.group.start(name);
    await set.group.untilServing();
    await set.group.world.run(3_000);
    await set.untilEqual();
    expect(set.group.fatal).toEqual([]);
  });
});
