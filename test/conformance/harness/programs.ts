import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.ts';
import type { Programs } from './group.ts';
import { classPath, resolveJava } from './maven.ts';
import { tail } from './tap.ts';
import type { Server } from './topology.ts';

/** The version of the real servers that suites can be compared with. */
const comparedVersion = '5.3.3';

/** Builds or resolves the server's programs. */
export async function programsOf(server: Server, repository: string): Promise<Programs> {
  return server.startsWith('stock') ? stockPrograms(repository, comparedVersion) : ourPrograms(repository);
}

export async function ourPrograms(repository: string): Promise<Programs> {
  const built = await run(process.execPath, [join(repository, 'scripts/build.mjs')], 120_000, { cwd: repository });
  if (built.code !== 0) throw new Error(`the build failed:\n${tail(built.output)}`);
  const program = (name: string) => join(repository, 'dist/bin', `${name}.js`);
  for (const name of ['mqnamesrv', 'mqbroker']) {
    if (!existsSync(program(name))) throw new Error(`the build made no ${program(name)}`);
  }
  return {
    nameServer: [process.execPath, program('mqnamesrv')],
    broker: [process.execPath, program('mqbroker')],
    environment: { UV_THREADPOOL_SIZE: '8' },
  };
}

/** RocketMQ's own servers of one version, from the published artifacts. */
export async function stockPrograms(repository: string, version: string): Promise<Programs> {
  await resolveJava(repository, version, true);
  const flags = [
    '-Xms256m',
    '-Xmx512m',
    '-XX:MaxDirectMemorySize=1g',
    // 4.9 unmaps its files by reflection, and stops half-way where it may not.
    ...['java.nio', 'sun.nio.ch', 'jdk.internal.ref'].map((each) => `--add-opens=java.base/${each}=ALL-UNNAMED`),
    '-Duser.home={home}',
    '-Drocketmq.home.dir={home}',
  ];
  const java = ['java', ...flags, '-cp', classPath(repository, version, 'runtime')];
  return {
    nameServer: [...java, 'org.apache.rocketmq.namesrv.NamesrvStartup'],
    broker: [...java, 'org.apache.rocketmq.broker.BrokerStartup'],
    environment: {},
  };
}
