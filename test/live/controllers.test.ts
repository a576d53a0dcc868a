import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { freePortBase } from '../../cluster/launch/ports.ts';
import { temporaryFolder } from './harness/live-group.ts';
import { run, start } from './harness/run-program.ts';

const CONFIGURATION = 255;
const folder = temporaryFolder();
const environment = { LEDGERMQ_RUN_DIR: join(folder, 'run') };
let base: number;
let files = 0;

beforeAll(async () => {
  base = await freePortBase(1);
});

function conf(...lines: readonly string[]): string {
  const file = join(folder, `${files++}.conf`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

function controllerKeys(id = 'n0', peers = `n0-127.0.0.1:${base}`, store = 'controller'): string[] {
  return [
    'bindAddress=127.0.0.1',
    'controllerDLegerGroup=g',
    `controllerDLegerPeers=${peers}`,
    `controllerDLegerSelfId=${id}`,
    `controllerStorePath=${join(folder, store)}`,
  ];
}

async function metadata(port: number): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const { code, stdout, stderr } = await run('mqadmin', ['getControllerMetaData', '-a', `127.0.0.1:${port}`]);
    expect([code, stderr]).toEqual([0, '']);
    if (!stdout.includes('#ControllerLeaderId\tnull') || attempt === 20) return stdout;
  }
}

describe('a controller by itself', () => {
  test('starts, is asked and changed by mqadmin, and ends by mqshutdown', async () => {
    const file = conf(...controllerKeys());
    const controller = start('mqcontroller', ['-c', file], environment);
    await controller.printed(
      /^load config properties file OK, .*\nThe Controller Server boot success\. serializeType=JSON$/m,
    );
    expect(await metadata(base)).toBe(
      `\n#ControllerGroup\tg\n#ControllerLeaderId\tn0\n#ControllerLeaderAddress\t127.0.0.1:${base}\n#Peer:\tn0:127.0.0.1:${base}\n`,
    );
    const changed = await run('mqadmin', [
      'updateControllerConfig',
      '-a',
      `127.0.0.1:${base}`,
      '-k',
      'enableElectUncleanMaster',
      '-v',
      'true',
    ]);
    expect(changed.stdout).toBe(
      `update controller config success![127.0.0.1:${base}]\nenableElectUncleanMaster : true\n`,
    );
    expect(readFileSync(file, 'utf8')).toContain('controllerDLegerSelfId=n0\n');
    expect(readFileSync(file, 'utf8')).toContain('enableElectUncleanMaster=true\n');

    const second = await run('mqcontroller', ['-c', file], environment);
    expect(second.stderr).toMatch(/^controllerStorePath=.*: another process uses .*\. Stop it, .*\n$/);
    expect(second.code).toBe(1);

    const shutdown = await run('mqshutdown', ['controller'], environment);
    expect(shutdown).toMatchObject({ code: 0, stderr: '' });
    expect((await controller.ended).code).toBe(0);
    expect(existsSync(join(folder, 'controller/dledger-n0/hardstate'))).toBe(true);
  });

  test.for<[string, RegExp]>([
    ['controllerType=jRaft', /speaks no jRaft.*controllerDLegerPeers/],
    ['controllerDLegerPeers=n0', /write ID-HOST:PORT/],
    ['controllerDLegerSelfId=n7', /must be one of the members in controllerDLegerPeers \(n0\)/],
    ['controllerDLegerGroup=', /needs a name/],
    ['electMasterMaxRetryCount=often', /whole number from 1 to 100/],
  ])('with %s is refused in one sentence', async ([line, remedy]) => {
    const key = line.slice(0, line.indexOf('=') + 1);
    const keys = [...controllerKeys().filter((each) => !each.startsWith(key)), line];
    const { code, stderr } = await run('mqcontroller', ['-c', conf(...keys)], environment);
    expect(stderr.startsWith(line.trim()), stderr).toBe(true);
    expect(stderr).toMatch(remedy);
    expect(stderr.trimEnd().split('\n'), stderr).toHaveLength(1);
    expect(code).toBe(CONFIGURATION);
  });

  test('prints its configuration and its help', async () => {
    expect((await run('mqcontroller', ['-p'], environment)).stderr).toMatch(/^controllerDLegerGroup=: /);
    const { code, stdout } = await run('mqcontroller', ['-p', '-c', conf(...controllerKeys())], environment);
    expect([code, stdout.split('\n').includes('scanNotActiveBrokerInterval=5000')]).toEqual([0, true]);
    expect((await run('mqcontroller', ['-h'], environment)).stdout).toMatch(/^usage: mqcontroller/);
  });
});

describe('controllers inside name servers', () => {
  test('three elect a leader, and go on without one of them', async () => {
    const peers = [0, 1, 2].map((index) => `n${index}-127.0.0.1:${base + 1 + index}`).join(';');
    const servers = [0, 1, 2].map((index) => {
      const keys = [
        ...controllerKeys(`n${index}`, peers, 'three'),
        `listenPort=${base + 5 + index}`,
        `kvConfigPath=${join(folder, `kv-${index}.json`)}`,
        'enableControllerInNamesrv=true',
      ];
      return start('mqnamesrv', ['-c', conf(...keys)], environment);
    });
    await Promise.all(servers.map((server) => server.printed(/^The Name Server boot success\. serializeType=JSON$/m)));
    const leader = /#ControllerLeaderId\tn(\d)/;
    const first = Number(leader.exec(await metadata(base + 1))?.[1]);
    expect(servers[first]?.stdout).toContain('Serving as the leading controller');
    await servers[first]!.stop('SIGKILL');
    const asked = base + 1 + ((first + 1) % 3);
    let next = first;
    for (let attempt = 0; attempt < 20 && next === first; attempt++)
      next = Number(leader.exec(await metadata(asked))?.[1]);
    expect(next).not.toBe(first);
    for (const server of servers) await server.stop();
  });
});
