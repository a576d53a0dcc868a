import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Group, GroupNode } from '../../cluster/launch/group.ts';
import { Members } from '../../scripts/bench/failover/members.ts';
import { until } from '../../scripts/bench/failover/until.ts';
import { readRecords, type StoreExport } from '../../src/admin/store-transfer/export-folder.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import { decodeProperties } from '../../src/protocol/message/properties.ts';
import { startLiveGroup, temporaryFolder } from './harness/live-group.ts';
import { run } from './harness/run-program.ts';

const TOPIC = 'Moving';
const QUEUES = 4;
const MESSAGES = 500;
const CONSUMED = 17;
const PATIENCE_MS = 20_000;
/** What each cluster sets anew. */
const OWN_PROPERTIES = ['CLUSTER', 'MSG_REGION', 'TRACE_ON', 'WAIT'];

/** Everything of an export that has to be the same wherever the store goes. */
function contentOf(folder: string) {
  const content = JSON.parse(readFileSync(join(folder, 'store.json'), 'utf8')) as StoreExport;
  const messages = [...content.queues, ...content.delayed].flatMap((queue) =>
    [...readRecords(folder, queue)].map((record) => {
      const { topic, queueId, queueOffset, bornTimestamp, flag, body } = record;
      const properties = [...decodeProperties(record.properties)]
        .filter(([name]) => !OWN_PROPERTIES.includes(name))
        .sort();
      return JSON.stringify({
        topic,
        queueId,
        queueOffset,
        bornTimestamp,
        flag,
        body: body.toString('hex'),
        properties,
      });
    }),
  );
  const { topics, groups } = content;
  return {
    messages: messages.sort(),
    topics: topics.map((topic) => JSON.stringify(topic)).sort(),
    groups: groups.map((group) => JSON.stringify(group)).sort(),
    offsets: content.offsets.map((offset) => JSON.stringify(offset)).sort(),
  };
}

/** What an import would have brought that ended half-way: of each queue the first half. */
function cutInHalf(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  const content = JSON.parse(readFileSync(join(to, 'store.json'), 'utf8')) as StoreExport;
  const queues = content.queues.map((queue) => {
    const count = Math.floor(queue.count / 2);
    const kept = [...readRecords(from, queue)].slice(0, count).reduce((sum, { size }) => sum + size, 0);
    truncateSync(join(to, queue.file), kept);
    return { ...queue, count };
  });
  writeFileSync(join(to, 'store.json'), JSON.stringify({ ...content, queues, delayed: [] }));
}

describe('a store that moves from one mode to another', () => {
  let source: Group;
  let folder: string;

  async function leaderOf(group: Group): Promise<GroupNode> {
    return until('a leader', PATIENCE_MS, () => group.waitForLeader(PATIENCE_MS));
  }

  async function exported(group: Group, name: string): Promise<string> {
    const dir = join(folder, name);
    const { stdout, code, stderr } = await run('mqadmin', [
      'exportStore',
      '-b',
      (await leaderOf(group)).address,
      '-o',
      dir,
    ]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Exported \d+ messages of \d+ topics/m);
    return dir;
  }

  beforeAll(async () => {
    folder = temporaryFolder();
    source = await startLiveGroup({ conf: 'master' });
    const members = new Members(source);
    const leader = await leaderOf(source);
    await members.createTopic(leader, TOPIC, QUEUES);
    const producer = new Producer(source.platform, { nameServers: source.nameServer, group: 'mover' });
    await producer.start();
    for (let n = 0; n < MESSAGES; n++) {
      const body = n % 50 === 0 ? `${n} ${'large '.repeat(3_000)}` : `${n} värde`;
      await producer.send({ topic: TOPIC, body, tags: n % 2 === 0 ? 'even' : 'odd', keys: [`key-${n}`] });
    }
    await producer.send({ topic: TOPIC, body: 'later', delayLevel: 18 });
    await producer.close();
    await members.commitProgress(leader, { consumerGroup: 'readers', topic: TOPIC, queueId: 2 }, CONSUMED);
    members.close();
  }, 60_000);

  test.each(['dledger', 'controller', 'sync-master', 'master'])(
    'a plain master to %s: every broker has it, and it comes out again as it was',
    {
      timeout: 120_000,
    },
    async (conf) => {
      const first = await exported(source, `out-of-master-for-${conf}`);
      const target = await startLiveGroup({ conf });
      const { address } = await leaderOf(target);
      const args = ['importStore', '-b', address, '-i', first];
      const imported = await run('mqadmin', args);
      expect([imported.code, imported.stderr]).toEqual([0, '']);
      expect(imported.stdout).toMatch(new RegExp(`^Imported ${MESSAGES + 1} messages`, 'm'));
      const members = new Members(target);
      const whole = async (node: GroupNode, count: number): Promise<boolean> => {
        const ends = [...((await members.queueEnds(node, TOPIC)) ?? [])].map(([, end]) => end);
        return ends.reduce((sum, end) => sum + end, 0) === count;
      };
      for (const node of target.nodes)
        await until(`that ${node.name} has all of it`, PATIENCE_MS, () => whole(node, MESSAGES));
      expect(contentOf(await exported(target, `out-of-${conf}`))).toEqual(contentOf(first));
      // What comes now goes to all of them, behind what was there.
      const producer = new Producer(target.platform, { nameServers: target.nameServer, group: 'later' });
      await producer.start();
      await producer.send({ topic: TOPIC, body: 'new' });
      await producer.close();
      for (const node of target.nodes)
        await until(`that ${node.name} has the new one`, PATIENCE_MS, () => whole(node, MESSAGES + 1));
      members.close();
      const again = await run('mqadmin', args);
      expect(again.code).toBe(1);
      expect(again.stderr).toMatch(
        /^importStore: Moving queue \d of the target holds 126 messages that are not of this export; import into brokers/,
      );
      await target.stopAll();
    },
  );

  test('an import that was cut short goes on, and a folder that is no export is refused', {
    timeout: 120_000,
  }, async () => {
    const first = await exported(source, 'to-be-cut');
    const target = await startLiveGroup({ conf: 'master' });
    const { address } = await leaderOf(target);
    const half = join(folder, 'half');
    const { code, stderr } = await run('mqadmin', ['importStore', '-b', address, '-i', half]);
    expect([code, stderr]).toEqual([
      1,
      `importStore: --inputDir ${half} holds no store.json: it is no export, or one that did not end.\n`,
    ]);
    cutInHalf(first, half);
    expect((await run('mqadmin', ['importStore', '-b', address, '-i', half])).code).toBe(0);
    const before = contentOf(await exported(target, 'half-way')).messages.length;
    expect(before).toBe(QUEUES * Math.floor(MESSAGES / QUEUES / 2));
    expect((await run('mqadmin', ['importStore', '-b', address, '-i', first])).code).toBe(0);
    expect(contentOf(await exported(target, 'whole'))).toEqual(contentOf(first));
    const busy = await run('mqadmin', ['exportStore', '-b', address, '-o', first]);
    expect([busy.code, busy.stderr]).toEqual([
      1,
      `exportStore: --outputDir ${first} is not empty; name a folder that is empty or does not exist.\n`,
    ]);
    await target.stopAll();
  });
});
