import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DledgerWorld, type MemberName } from './dledger-world.ts';

const FILE_BYTES = 1 << 20;
const CONF = `mappedFileSizeCommitLog=${FILE_BYTES}\n`;

function fixture(name: string): Buffer {
  const bytes = readFileSync(new URL(`../../fixture/dledger/${name}`, import.meta.url));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

/** Puts what a stock DLedger of that version left on a member's disk; `lacking`: without its last bytes. */
function bringStock(group: DledgerWorld, name: MemberName, version: string, lacking = 0): void {
  const stock = fixture(`${version}-data.gz`);
  const data = Buffer.alloc(FILE_BYTES);
  stock.copy(data, 0, 0, stock.length - lacking);
  const disk = group.world.disk(name);
  disk.put(`/store/dledger-${name}/data/00000000000000000000`, data);
  disk.put(`/store/dledger-${name}/currterm`, fixture(`${version}-currterm`));
}

describe.each(['4.9.5', '5.3.3'])('three directories of stock DLedger %s', (version) => {
  it('go on as a group, with all their messages', async () => {
    const group = await DledgerWorld.create(CONF);
    for (const name of group.names) bringStock(group, name, version);
    for (const name of group.names) await group.start(name);
    await group.untilServing();
    const { identity } = group.broker(group.leader).parts.data.records;
    const { log } = group.broker(group.leader).parts.member.storage;
    expect(identity).toMatchObject({ groupName: 'g', chainStart: log.chainCrc(203), firstPosition: 0 });
    await group.until(() => group.names.every((name) => !group.broker(name).status().inDoubt));

    const producer = await group.producer();
    for (const topic of ['StoreA', 'StoreB']) await group.world.settle(producer.send({ topic, body: 'new' }));
    await group.untilEqual();
    const old: { topic: string; queueId: number; queueOffset: number; commitLogOffset: number }[] = JSON.parse(
      fixture(`${version}-messages.json.gz`).toString('utf8'),
    );
    const read = [...(await group.readAll('StoreA')), ...(await group.readAll('StoreB'))];
    expect(read).toHaveLength(old.length + 2);
    const places = new Set(read.map(({ topic, queueId, queueOffset }) => `${topic}/${queueId}/${queueOffset}`));
    for (const { topic, queueId, queueOffset } of old) expect(places).toContain(`${topic}/${queueId}/${queueOffset}`);

    const before = group.leader;
    group.kill(before);
    await group.untilServing();
    await group.start(before);
    await group.untilEqual();
    const [first, ...others] = group.names.map((name) => group.logBytes(name));
    for (const bytes of others) expect(bytes.equals(first!)).toBe(true);
    expect(group.broker(before).status().groupId).toBe(identity!.groupId);
  });

  it('that end differently are refused with a remedy, and nothing is written', async () => {
    const group = await DledgerWorld.create(CONF);
    for (const name of group.names) bringStock(group, name, version, name === 'n2' ? 400 : 0);
    for (const name of group.names) await group.start(name);
    await group.world.run(5_000);
    expect(group.serving()).toEqual([]);
    const logs = group.names.map((name) => group.broker(name).status().lastIndex);
    expect(logs[0]).toBe(203);
    expect(logs[2]).toBeLessThan(203);
  });
});
