import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartFailure } from '../../../cluster/launch/start-group.ts';

const MAVEN_TIMEOUT_MS = 300_000;
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath';

/** A Maven project that is no more than its dependencies. */
function project(version: string): string {
  const dependency = (name: string): string =>
    `<dependency><groupId>org.apache.rocketmq</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>ledgermq</groupId><artifactId>drill</artifactId><version>1</version>
  <dependencies>${dependency('rocketmq-namesrv')}${dependency('rocketmq-broker')}</dependencies>
</project>
`;
}

/** The class path of RocketMQ's published servers, by Maven and its settings. Throws `StartFailure`. */
export async function stockClassPath(folder: string, version: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const pom = join(folder, 'pom.xml');
  const file = join(folder, 'classpath');
  writeFileSync(pom, project(version));
  await execute('mvn', ['-B', '-q', '-f', pom, PLUGIN, `-Dmdep.outputFile=${file}`, '-Dmdep.includeScope=runtime']);
  return readFileSync(file, 'utf8').trim();
}

/** Arguments of `java` for one of RocketMQ's servers, whose files lie below `home`. */
export function stockArguments(classPath: string, main: string, home: string): string[] {
  return [
    '-Xms256m',
    '-Xmx512m',
    '-XX:MaxDirectMemorySize=1g',
    // 4.9 unmaps its files by reflection, and stops half-way where it may not.
    ...['java.nio', 'sun.nio.ch', 'jdk.internal.ref'].map((each) => `--add-opens=java.base/${each}=ALL-UNNAMED`),
    `-Duser.home=${home}`,
    `-Drocketmq.home.dir=${home}`,
    '-cp',
    classPath,
    main,
  ];
}

function execute(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { timeout: MAVEN_TIMEOUT_MS }, (error, stdout) => {
      if (error === null) return resolve();
      const why =
        (error as NodeJS.ErrnoException).code === 'ENOENT'
          ? 'it is not installed'
          : stdout.trim().split('\n').slice(-5).join('\n');
      reject(new StartFailure(`RocketMQ's servers come by ${command}, which failed: ${why || error.message}`));
    });
  });
}
