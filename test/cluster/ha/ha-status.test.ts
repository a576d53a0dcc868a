import { describe, expect, it } from 'vitest';
import { formatHaStatus } from '../../../src/admin/command/ha-status.ts';
import { haRuntimeInfo } from '../../../src/protocol/body/ha-runtime-info.ts';
import { getBrokerEpochCache } from '../../../src/protocol/command/get-broker-epoch-cache.ts';
import { getBrokerHaStatus } from '../../../src/protocol/command/get-broker-ha-status.ts';
import { SetWorld } from './set-world.ts';

/** Messages of 900 bytes, one after the other. */
async function send(set: SetWorld, count: number): Promise<void> {
  const producer = await set.producer();
  for (let n = 0; n < count; n++) await set.world.settle(producer.send({ topic: 'Orders', body: 'm'.padEnd(900) }));
  await set.world.settle(producer.close());
}

async function statusOf(set: SetWorld, name: string) {
  const { code, body } = await set.ask(name, getBrokerHaStatus, {});
  expect(code).toBe(0);
  const info = haRuntimeInfo.decode(body);
  if (info instanceof Error) throw info;
  return info;
}

const end = (set: SetWorld, name: string) => set.parts(name).log.endPosition;
const UNMEASURED = { transferredByteInSecond: 0, lastReadTimestamp: 0, lastWriteTimestamp: 0, masterFlushOffset: 0 };

/** What a master with this slave answers in RocketMQ (DefaultHAService.getRuntimeInfo). */
const masterInfo = (at: number, slave: { addr: string; slaveAckOffset: number; inSync: boolean }) => ({
  master: true,
  masterCommitLogMaxOffset: at,
  inSyncSlaveNums: slave.inSync ? 1 : 0,
  haConnectionInfo: [
    {
      ...slave,
      diff: at - slave.slaveAckOffset,
      transferredByteInSecond: 0,
      transferFromWhere: slave.slaveAckOffset,
    },
  ],
  haClientRuntimeInfo: { ...UNMEASURED, maxOffset: 0 },
});

describe('HA status (907) of a set without a Controller', () => {
  it('tells of a master who follows it, and of a slave whom it follows, in the fields of RocketMQ', async () => {
    const set = await SetWorld.pair('SYNC_MASTER');
    await send(set, 5);
    await set.untilEqual();
    const at = end(set, 'a');
    expect(at).toBeGreaterThan(4_500);
    const addr = set.address('a-s');
    expect(await statusOf(set, 'a')).toEqual(masterInfo(at, { addr, slaveAckOffset: at, inSync: true }));
    const masterAddr = `${set.address('a').replace('10911', '10912')}`;
    expect(await statusOf(set, 'a-s')).toEqual({
      master: false,
      masterCommitLogMaxOffset: 0,
      inSyncSlaveNums: 0,
      haConnectionInfo: [],
      haClientRuntimeInfo: { ...UNMEASURED, masterAddr, maxOffset: at },
    });
    const printed = formatHaStatus('a:10911', await statusOf(set, 'a'));
    expect(printed).toMatch(new RegExp(`#InSyncSlaveNum\t1\n.*\n${addr} +${at} +0 +0.00 +OK +${at}\n$`));
    set.kill('a');
    await set.world.run(1_000);
    expect((await statusOf(set, 'a-s')).haClientRuntimeInfo).toMatchObject({ masterAddr, maxOffset: at });
  });

  it('counts as in sync who lacks less than haMaxGapNotInSync', async () => {
    const set = await SetWorld.pair('ASYNC_MASTER', 'haMaxGapNotInSync=2000');
    await send(set, 1);
    await set.untilEqual();
    await set.world.run(100);
    const acknowledged = end(set, 'a');
    set.world.fabric.cut('a', 'a-s');
    const addr = set.address('a-s');
    await send(set, 1);
    expect(await statusOf(set, 'a')).toEqual(
      masterInfo(end(set, 'a'), { addr, slaveAckOffset: acknowledged, inSync: true }),
    );
    await send(set, 2);
    expect(await statusOf(set, 'a')).toEqual(
      masterInfo(end(set, 'a'), { addr, slaveAckOffset: acknowledged, inSync: false }),
    );
  });

  it('tells of a lone master that nobody follows it, and of a slave without a master that it knows none', async () => {
    const set = await SetWorld.create();
    await set.start('a', 'brokerRole=ASYNC_MASTER');
    expect(await statusOf(set, 'a')).toMatchObject({ master: true, inSyncSlaveNums: 0, haConnectionInfo: [] });
    await set.start('other', 'brokerRole=SLAVE\nbrokerId=1\nbrokerName=broker-o');
    await set.world.run(2_000);
    const info = await statusOf(set, 'other');
    expect(info.haClientRuntimeInfo).not.toHaveProperty('masterAddr');
    expect(formatHaStatus('', info)).toContain('#MasterAddr\tnull\n');
  });

  it('comes with a sentence where epochs are asked for, which only Controller mode has', async () => {
    const set = await SetWorld.pair('ASYNC_MASTER');
    for (const name of ['a', 'a-s']) {
      const { code, remark } = await set.ask(name, getBrokerEpochCache, {});
      expect([code, remark]).toEqual([1, expect.stringContaining('runs without a Controller')]);
    }
  });
});
