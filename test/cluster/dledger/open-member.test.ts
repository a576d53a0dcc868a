import { describe, expect, it, test } from 'vitest';
import { openMember } from '../../../cluster/dledger/open-member.ts';
import type { MembersRequest } from '../../../raft/index.ts';
import { loadBrokerConfig } from '../../../src/broker/config/broker-config.ts';
import { VirtualWorld } from '../../support/virtual-platform.ts';
import { DledgerWorld } from './dledger-world.ts';

function memberConfig() {
  const text = `
enableDLegerCommitLog=true
dLegerGroup=G
dLegerPeers=n0-10.0.0.1:40911
dLegerSelfId=n0
storePathRootDir=/store
brokerIP1=10.0.0.1
mappedFileSizeCommitLog=65536
`;
  const { config, errors } = loadBrokerConfig(text, { homeDirectory: '/', hostName: 'a', ipAddress: '10.0.0.1' });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return config;
}

test('a directory with the messages of a broker without replication is refused, and nothing in it changes', () => {
  const platform = new VirtualWorld(1).start('n0');
  platform.disk.makeDirectory('/store/commitlog');
  platform.disk.replaceFile('/store/commitlog/00000000000000000000', Buffer.from('old messages'));
  const before = platform.disk.list('/store');
  expect(() => openMember(platform, memberConfig())).toThrow(
    'storePathRootDir=/store: /store/commitlog holds the messages of a broker without replication',
  );
  expect(platform.disk.list('/store')).toEqual(before);
});

test('an empty commitlog folder is in nobody’s way', () => {
  const platform = new VirtualWorld(1).start('n0');
  platform.disk.makeDirectory('/store/commitlog');
  const member = openMember(platform, memberConfig());
  expect(member.settings.self.id).toBe('n0');
  member.lock.release();
});

const FILE_BYTES = 65_536;

function positionOf(group: DledgerWorld, index: number): number {
  return group.broker('n0').parts.member.storage.log.positionOf(index);
}

/** Spoils a byte of the log of n0. */
function spoil(group: DledgerWorld, position: number): void {
  const start = position - (position % FILE_BYTES);
  group.world.disk('n0').rot(`/store/dledger-n0/data/${String(start).padStart(20, '0')}`, position - start);
}

async function untilRepaired(group: DledgerWorld): Promise<void> {
  await group.until(() => group.broker('n0').status().logCare.damagedPlaces === 0);
}

/** Asks the leader for a change; the index of its entry when that is committed. */
async function change(group: DledgerWorld, request: MembersRequest): Promise<number> {
  const { replica } = group.broker(group.leader).parts.group;
  return await group.world.settle(
    new Promise<number>((resolve, reject) =>
      replica.changeMembers(request, (refusal, index) => (refusal === undefined ? resolve(index) : reject(refusal))),
    ),
  );
}

interface Grown {
  readonly group: DledgerWorld;
  readonly send: (count: number) => Promise<void>;
  /** Indexes of the entries that made n1 a learner, and then a voter. */
  readonly added: number;
  readonly promoted: number;
}

/** A group that n0 has founded alone, and whose `dLegerPeers` still names nobody else there, with n1 as second voter. */
async function grown(): Promise<Grown> {
  const group = await DledgerWorld.create();
  group.own.set('n0', 'dLegerPeers=n0-n0:40911');
  group.own.set('n1', 'dLegerPeers=n0-n0:40911;n1-n1:40911');
  await group.start('n0');
  await group.untilServing();
  const producer = await group.producer();
  const send = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      await group.world.settle(producer.send({ topic: 'T', body: `${i} `.padEnd(1_000, 'x') }));
    }
  };
  await send(90);
  await group.start('n1');
  const added = await change(group, { kind: 'add-learner', id: 'n1', address: 'n1:40911' });
  await group.untilEqual();
  await group.until(() => !group.broker('n1').status().inDoubt);
  await group.world.run(300);
  const promoted = await change(group, { kind: 'promote', id: 'n1' });
  await send(10);
  await group.untilEqual();
  return { group, send, added, promoted };
}

describe('a founder that was alone, with a damaged log', () => {
  it.each([
    ['a message', () => 40],
    ['the promotion of the other', ({ promoted }: Grown) => promoted],
  ])(
    'repairs %s from a member that only its log names, which rules who is one (raft/SAFETY.md 8)',
    async (_what, at) => {
      const run = await grown();
      const { group } = run;
      const place = positionOf(group, at(run));
      group.kill('n0');
      spoil(group, place + 100);
      await group.start('n0');
      expect(group.broker('n0').status()).toMatchObject({ logDamaged: true, inDoubt: false });
      await untilRepaired(group);
      await group.untilEqual();
      const { voters, logCare } = group.broker('n0').status();
      expect([voters, logCare.repairedEntries]).toEqual([['n0', 'n1'], 1]);
    },
  );

  it('repairs what stands behind a snapshot, where only that one names the other', async () => {
    const { group, send } = await grown();
    await group.stop('n0');
    await group.start('n0');
    await group.untilServing();
    await send(10);
    await group.untilEqual();
    const place = positionOf(group, group.broker('n0').status().lastIndex - 5);
    group.kill('n0');
    spoil(group, place + 300);
    await group.start('n0');
    await untilRepaired(group);
    expect(group.broker('n0').status().logCare.repairedEntries).toBe(1);
  });

  it('builds lost consume queues when it is repaired', async () => {
    const { group, promoted } = await grown();
    const place = positionOf(group, promoted + 5);
    await group.stop('n0');
    spoil(group, place + 300);
    const disk = group.world.disk('n0');
    for (const path of [...disk.files.keys()]) if (path.startsWith('/store/consumequeue/')) disk.files.delete(path);
    await group.start('n0');
    await untilRepaired(group);
    await group.untilEqual();
    expect(group.broker('n0').status().logCare.repairedEntries).toBe(1);
  });

  it('does not start once it is alone again', async () => {
    const { group } = await grown();
    await change(group, { kind: 'remove', id: 'n1' });
    const place = positionOf(group, 40);
    group.kill('n0');
    spoil(group, place + 300);
    await expect(group.start('n0')).rejects.toThrow(`00000000000000000000 is damaged at position ${place}`);
  });

  it('does not start where the entry that tells of the other is what is damaged; named in dLegerPeers, the other repairs that', async () => {
    const { group, added, promoted } = await grown();
    const [from, to] = [positionOf(group, added), positionOf(group, promoted)];
    group.kill('n0');
    for (const place of [from, to]) spoil(group, place + 100);
    await expect(group.start('n0')).rejects.toThrow(`is damaged at position ${from}`);
    group.own.set('n0', 'dLegerPeers=n0-n0:40911;n1-n1:40911');
    await group.start('n0');
    await untilRepaired(group);
    await group.untilServing();
    expect(group.broker('n0').status()).toMatchObject({ voters: ['n0', 'n1'] });
  });
});
