import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GroupView } from '../../cluster/launch/group-view.ts';
import { launch, stopProcess } from '../../cluster/launch/launched-process.ts';
import { freePortBase } from '../../cluster/launch/ports.ts';
import { readBack } from '../../scripts/bench/failover/read-back.ts';
import { until } from '../../scripts/bench/failover/until.ts';
import { createProducer } from '../../src/index.ts';
import { atEnd, neverOutlive } from './harness/cleanup.ts';
import { program, startLiveGroup, temporaryFolder } from './harness/live-group.ts';

const PATIENCE_MS = 20_000;

test('several name servers, one of them dead: brokers and clients use those that live', async () => {
  // With the ports of two brokers there are enough for a group of one, a second name server, and one that never runs.
  const base = await freePortBase(2);
  const [first, second, dead] = [base, base + 20, base + 21].map((port) => `127.0.0.1:${port}`) as [
    string,
    string,
    string,
  ];
  const nameServers = `${dead};${first};${second}`;
  const dir = temporaryFolder();
  const file = join(dir, 'second.conf');
  writeFileSync(file, `bindAddress=127.0.0.1\nlistenPort=${base + 20}\n`);
  const other = launch({
    program: program('mqnamesrv'),
    args: ['-c', file],
    logFile: join(dir, 'second.log'),
    environment: { LEDGERMQ_RUN_DIR: join(dir, 'run') },
    nodeFlags: [],
  });
  neverOutlive(() => [other]);
  atEnd(() => stopProcess(other, PATIENCE_MS));
  const group = await startLiveGroup({ nodes: 1, portBase: base, brokerKeys: { namesrvAddr: nameServers } });
  const view = new GroupView(group.platform, second);
  atEnd(() => view.close());
  await until('a master at the second name server', PATIENCE_MS, () => view.masterAddress());

  const producer = createProducer({ nameServers, group: 'several' });
  await producer.start();
  atEnd(() => producer.close());
  expect((await producer.send({ topic: 'Several', body: 'all live but one' })).status).toBe('SEND_OK');

  await group.kill('namesrv');
  expect((await producer.send({ topic: 'Several', body: 'an old client' })).status).toBe('SEND_OK');
  const late = createProducer({ nameServers, group: 'several-late' });
  await late.start();
  atEnd(() => late.close());
  expect((await late.send({ topic: 'Several', body: 'a new client' })).status).toBe('SEND_OK');
  const bodies = (await readBack(nameServers, 'Several')).map(({ body }) => body);
  expect(bodies.sort()).toEqual(['a new client', 'all live but one', 'an old client']);
});
