import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './child.ts';
import { tail } from './tap.ts';

const mavenTimeoutMs = 300_000;

const projectOf = (repository: string) => join(repository, 'test/conformance/java');

/** Compiles our Java programs against one version of the client, and resolves the class paths that they and mqadmin need. */
export async function resolveJava(repository: string, version: string, withServers: boolean): Promise<void> {
  const args = ['-B', '-q', `-Drocketmq.version=${version}`, ...(withServers ? ['-Pstock'] : []), 'compile'];
  const ended = await run('mvn', args, mavenTimeoutMs, { cwd: projectOf(repository) });
  if (ended.code !== 0) throw new Error(`mvn ${args.join(' ')} failed:\n${tail(ended.output)}`);
}

/** The class path of the published client alone, or of client, tools and what else was resolved. */
export function classPath(repository: string, version: string, scope: 'client' | 'runtime'): string {
  const target = join(projectOf(repository), 'target', version);
  const jars = readFileSync(join(target, `${scope}.classpath`), 'utf8').trim();
  return [join(target, 'classes'), jars].join(delimiter);
}
