import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { freePortBase, type PortPlan, portsFrom } from '../../cluster/launch/ports.ts';
import { createPullConsumer } from '../../src/index.ts';
import { atEnd } from './harness/cleanup.ts';
import { temporaryFolder } from './harness/live-group.ts';
import { bounded, RunningProgram, run, start } from './harness/run-program.ts';

const scripts = fileURLToPath(new URL('../../scripts', import.meta.url));
const CONFIGURATION = 255;
const folder = temporaryFolder();
const environment = { LEDGERMQ_RUN_DIR: join(folder, 'run') };
let plan: PortPlan;
let ports: PortPlan['brokers'][number];
let confFiles = 0;

beforeAll(async () => {
  plan = portsFrom(await freePortBase(1), 1);
  ports = plan.brokers[0] as typeof ports;
});

function conf(...lines: readonly string[]): string {
  const file = join(folder, `${confFiles++}.conf`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** `line` instead of the same key in `keys`: a key that is given twice would be a warning of its own. */
function withLine(keys: readonly string[], line: string): string[] {
  const key = line.slice(0, line.indexOf('=') + 1);
  return [...keys.filter((each) => !each.startsWith(key)), line];
}

/** Expects one sentence on stderr, and shows what else there is. */
function expectOneLine(stderr: string): void {
  expect(stderr.trimEnd().split('\n'), stderr).toHaveLength(1);
}

/** Keys of a broker that could start, in a store directory of its own. */
function ownKeys(store = `store-${confFiles}`): string[] {
  return [
    'bindAddress=127.0.0.1',
    'brokerIP1=127.0.0.1',
    `listenPort=${ports.listen}`,
    `storePathRootDir=${join(folder, store)}`,
  ];
}

function memberKeys(): string[] {
  const peers = `dLegerPeers=n0-127.0.0.1:${ports.peer}`;
  return [...ownKeys(), 'enableDLegerCommitLog=true', 'dLegerGroup=G', peers, 'dLegerSelfId=n0'];
}

/** Holds a port as a stranger would. */
async function holdPort(port: number): Promise<() => Promise<void>> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ port, host: '127.0.0.1' }, resolve));
  const release = () => new Promise<void>((resolve) => void server.close(() => resolve()));
  atEnd(() => (server.listening ? release() : undefined));
  return release;
}

describe('command lines', () => {
  test.for<[string, string[], RegExp]>([
    ['mqbroker', ['-h'], /^usage: mqbroker .*\n.*-c,--configFile/],
    ['mqbroker', ['--help'], /-p,--printConfigItem/],
    ['mqbroker', ['-p'], /(^[\w.]+=.*\n){60,}/m],
    ['mqbroker', ['-p'], /^maxMessageSize=4194304$/m],
    ['mqbroker', ['-m', '-n', '10.0.0.1:9876;10.0.0.2:9876'], /^namesrvAddr=10\.0\.0\.1:9876;10\.0\.0\.2:9876$/m],
    ['mqnamesrv', ['-h'], /^usage: mqnamesrv/],
    ['mqnamesrv', ['-p'], /^listenPort=9876$/m],
    ['mqshutdown', ['-h'], /^Usage: mqshutdown broker \| namesrv/],
  ])('%s %s prints and ends', async ([name, args, expected]) => {
    const { code, stdout, stderr } = await run(name, args, environment);
    expect(stdout).toMatch(expected);
    expect([code, stderr]).toEqual([0, '']);
  });

  test.for<[string, string[], RegExp]>([
    ['mqbroker', ['-x'], /^Unknown option '-x'; -h shows what there is\n$/],
    ['mqbroker', ['-c', '/no/such.conf'], /^the configuration file \/no\/such\.conf cannot be read: .*\n$/],
    ['mqnamesrv', ['--nothing'], /^Unknown option '--nothing'; -h shows what there is\n$/],
    ['mqshutdown', ['everything'], /^Usage: mqshutdown broker \| namesrv/],
  ])('%s %s is refused', async ([name, args, expected]) => {
    const { code, stdout, stderr } = await run(name, args, environment);
    expect(stderr).toMatch(expected);
    expect(stdout).toBe('');
    expect(code).toBeGreaterThan(0);
  });

  test('the launchers of a checkout hand over to the programs', { timeout: 180_000 }, async () => {
    for (const [script, text] of [
      ['mqbroker', 'usage: mqbroker'],
      ['mqnamesrv', 'usage: mqnamesrv'],
      ['mqcontroller', 'usage: mqcontroller'],
      ['mqshutdown', 'Usage: mqshutdown'],
      ['fast-try.sh', 'fast-try.sh COMMAND [OPTIONS]'],
    ] as const) {
      const ended = await bounded(new RunningProgram(join(scripts, script), ['-h'], environment), 120_000);
      expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining(text) });
    }
  });
});

describe('configuration', () => {
  test("is read in Java's properties syntax", async () => {
    const file = conf(
      '# a comment',
      '  ! another one',
      'brokerName : broker\\u002da',
      'brokerClusterName   Some_Cluster',
      'namesrvAddr=127.0.0.1:9876;\\',
      '    127.0.0.1:9877',
      String.raw`storePathRootDir = /tmp/a\ b\=c`,
      'listenPort=11111\r',
      'brokerIP1\t=\t127.0.0.1',
    );
    const { code, stdout } = await run('mqbroker', ['-m', '-c', file], environment);
    expect(code).toBe(0);
    for (const line of [
      'brokerName=broker-a',
      'brokerClusterName=Some_Cluster',
      'namesrvAddr=127.0.0.1:9876;127.0.0.1:9877',
      'storePathRootDir=/tmp/a b=c',
      'listenPort=11111',
      'brokerIP1=127.0.0.1',
    ]) {
      expect(stdout.split('\n')).toContain(line);
    }
  });

  test.for<[string, RegExp]>([
    ['aclEnable=true', /Remove the line/],
    ['authenticationEnabled=true', /Remove the line/],
    ['tls.server.mode=enforcing', /Remove the line/],
    ['listenPort=many', /whole number from 0 to 65535.*Correct it or remove the line/],
    ['flushDiskType=NEVER', /one of ASYNC_FLUSH, SYNC_FLUSH.*Correct it or remove the line/],
    ['autoCreateTopicEnable=yes', /true or false.*Correct it or remove the line/],
  ])('with %s is refused in one sentence', async ([line, remedy]) => {
    const { code, stderr } = await run('mqbroker', ['-c', conf(...withLine(ownKeys(), line))], environment);
    expect(stderr.startsWith(`${line}: `), stderr).toBe(true);
    expect(stderr).toMatch(remedy);
    expectOneLine(stderr);
    expect(code).toBe(CONFIGURATION);
  });

  test('with mistakes is refused with a sentence for each and the warnings', async () => {
    const keys = [...ownKeys(), 'listenPort=many', 'flushDiskType=NEVER', 'noSuchKey=1'];
    const { code, stderr } = await run('mqbroker', ['-c', conf(...keys)], environment);
    expect(stderr.trimEnd().split('\n'), stderr).toEqual([
      expect.stringMatching(/^listenPort=many: /),
      expect.stringMatching(/^flushDiskType=NEVER: /),
      'unknown configuration keys have no effect: noSuchKey',
      'keys given more than once, the last one counts: listenPort',
    ]);
    expect(code).toBe(CONFIGURATION);
  });

  test.for<[string, RegExp]>([
    ['dLegerSelfId=n7', /must be one of the members in dLegerPeers \(n0\)/],
    ['brokerIP1=broker.example', /must be an IP address/],
    ['dLegerPeers=n0;n1', /write ID-HOST:PORT/],
    ['dLegerSelfId=x', /must be one letter and a number, such as n0/],
  ])('of a member with %s is refused in one sentence', async ([line, remedy]) => {
    const { code, stderr } = await run('mqbroker', ['-c', conf(...withLine(memberKeys(), line))], environment);
    expect(stderr.startsWith(line), stderr).toBe(true);
    expect(stderr).toMatch(remedy);
    expectOneLine(stderr);
    expect(code).toBeGreaterThan(0);
  });

  test('whose directory cannot be used is refused in one sentence with path and key', async () => {
    for (const keys of [ownKeys(), memberKeys()]) {
      const line = 'storePathRootDir=/dev/null/x';
      const { code, stderr } = await run('mqbroker', ['-c', conf(...withLine(keys, line))], environment);
      expect(stderr).toMatch(
        /^storePathRootDir=\/dev\/null\/x: the directory cannot be used \(ENOTDIR.*\)\. Mend that, or set another one\n$/,
      );
      expect(code).toBe(1);
    }
  });

  test('whose port is busy is refused in one sentence with port and key', async () => {
    const busy = [
      { port: ports.listen, key: 'listenPort', name: 'mqbroker', keys: ownKeys },
      { port: ports.fast, key: 'listenPort', name: 'mqbroker', keys: ownKeys },
      { port: ports.peer, key: 'dLegerPeers', name: 'mqbroker', keys: memberKeys },
      {
        port: plan.nameServer,
        key: 'listenPort',
        name: 'mqnamesrv',
        keys: () => ['bindAddress=127.0.0.1', `listenPort=${plan.nameServer}`],
      },
    ];
    for (const { port, key, name, keys } of busy) {
      const release = await holdPort(port);
      const { code, stderr } = await run(name, ['-c', conf(...keys())], environment);
      expect(stderr).toMatch(
        new RegExp(`^cannot listen on 127\\.0\\.0\\.1:${port}: another process uses it\\. .*${key}`),
      );
      expectOneLine(stderr);
      expect(code).toBe(1);
      await release();
    }
  });
});

describe('a broker alone', () => {
  test('starts beside unknown keys, keeps its directory for itself, and ends by mqshutdown', async () => {
    const keys = ownKeys('shared');
    const broker = start(
      'mqbroker',
      ['-c', conf(...keys, 'noSuchKey=1', 'norThis=2', 'sendMessageThreadPoolNums=16')],
      environment,
    );
    await broker.printed(/^The broker\[.*, 127\.0\.0\.1:\d+\] boot success\. serializeType=JSON$/m);
    expect(broker.stdout).toMatch(/"warn".*unknown configuration keys have no effect: noSuchKey, norThis/);
    expect(broker.stdout).toMatch(/"info".*RocketMQ's keys that have no effect here: sendMessageThreadPoolNums/);

    const second = await run('mqbroker', ['-c', conf(...withLine(keys, `listenPort=${ports.http + 2}`))], environment);
    expect(second.stderr).toMatch(/^.*shared is in use by another process: stop it, or set storePathRootDir.*\n$/);
    expectOneLine(second.stderr);
    expect(second.code).toBe(1);

    const shutdown = await run('mqshutdown', ['broker'], environment);
    expect(shutdown).toMatchObject({ code: 0, stderr: '' });
    expect(shutdown.stdout).toContain(`The mqbroker(${broker.pid}) is running...`);
    expect((await broker.ended).code).toBe(0);
    expect(readdirSync(environment.LEDGERMQ_RUN_DIR)).toEqual([]);
    expect(existsSync(join(folder, 'shared'))).toBe(true);
    expect(await run('mqshutdown', ['broker'], environment)).toMatchObject({
      code: 1,
      stderr: 'No mqbroker running.\n',
    });
  });

  test('gives up a damaged log only by --cut-at with the position that it named', async () => {
    const keys = ownKeys('damaged');
    const file = join(folder, 'damaged/commitlog/00000000000000000000');
    mkdirSync(join(folder, 'damaged/commitlog'), { recursive: true });
    writeFileSync(file, Buffer.concat([Buffer.from([0, 0, 0, 0x5c, 1, 2, 3, 4]), Buffer.alloc(65_528, 7)]));
    const small = [...keys, 'mappedFileSizeCommitLog=65536'];
    const checkpoint = Buffer.alloc(4_096);
    checkpoint.writeBigInt64BE(1_000_000_000_000n, 0);
    writeFileSync(join(folder, 'damaged/checkpoint'), checkpoint);
    const refused = await run('mqbroker', ['-c', conf(...small)], environment);
    expect(refused.stderr).toMatch(/^the commit log ends at position 0 .*start once with --cut-at 0\n$/);
    expect(refused.code).toBe(1);
    const wrong = await run('mqbroker', ['-c', conf(...small), '--cut-at', '0x0'], environment);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      '--cut-at 0x0: the position has to be a number, as the refused start named it\n',
    ]);
    const nameServer = await run('mqnamesrv', ['--cut-at', '0'], environment);
    expect(nameServer.code).toBe(2);
    const broker = start('mqbroker', ['-c', conf(...small), '--cut-at', '0'], environment);
    await broker.printed(/boot success/);
    expect(readFileSync(file).every((byte) => byte === 0)).toBe(true);
    expect((await broker.stop()).code).toBe(0);
    const member = await run('mqbroker', ['-c', conf(...memberKeys()), '--cut-at', '0'], environment);
    expect([member.code, member.stderr]).toEqual([
      CONFIGURATION,
      expect.stringContaining('gets what is damaged from the others'),
    ]);
  });

  test('in a group of its own keeps its directory for itself too', async () => {
    const keys = memberKeys();
    const member = start('mqbroker', ['-c', conf(...keys)], environment);
    await member.printed(/boot success/);
    const second = await run('mqbroker', ['-c', conf(...withLine(keys, `listenPort=${ports.http + 2}`))], environment);
    expect(second.stderr).toMatch(
      /^storePathRootDir=.*: another process uses this store directory\. Stop it, or give .*\n$/,
    );
    expect(second.code).toBe(1);
    expect((await member.stop()).code).toBe(0);
  });

  test('and a name server end in order by SIGTERM', async () => {
    const nameServer = start(
      'mqnamesrv',
      ['-c', conf('bindAddress=127.0.0.1', `listenPort=${plan.nameServer}`)],
      environment,
    );
    await nameServer.printed(/^The Name Server boot success\. serializeType=JSON$/m);
    const address = `127.0.0.1:${plan.nameServer}`;
    const broker = start('mqbroker', ['-c', conf(...ownKeys()), '-n', address], environment);
    await broker.printed(new RegExp(`boot success\\. serializeType=JSON and name server is ${address}$`, 'm'));
    const consumer = createPullConsumer({ nameServers: address, group: 'nobody' });
    await consumer.start();
    expect(await consumer.queues('TBW102')).toHaveLength(8);
    await consumer.close();
    expect((await broker.stop()).code).toBe(0);
    expect((await nameServer.stop()).code).toBe(0);
  });
});
