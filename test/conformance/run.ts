import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { killAllChildren, run } from './harness/child.ts';
import { clientSuite, nodeSuite, pythonSuite } from './harness/client-suites.ts';
import { ControllerSuite } from './harness/controller-suite.ts';
import { Group, removeGroupFolders } from './harness/group.ts';
import { JavaSuite } from './harness/java-suite.ts';
import { type Options, readOptions, usage } from './harness/options.ts';
import { programsOf } from './harness/programs.ts';
import { Report } from './harness/report.ts';
import { storeSuite } from './harness/store-suite.ts';

/** The bundle stands in dist/ of this folder. */
const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** Exit code: nothing was checked, because a tool is missing. */
const leftOutCode = 3;

/** The commands that prove that the tools are there. */
const javaTools = ['mvn -version', 'java -version'];
const toolsOf = {
  java: javaTools,
  store: javaTools,
  node: ['npm --version'],
  client: [],
  python: ['python3 --version', 'python3 -m venv --help', 'python3 -m ensurepip --version'],
  controller: javaTools,
};

async function missingTool({ suite, server }: Options): Promise<string | undefined> {
  for (const tool of [...toolsOf[suite], ...(server.startsWith('stock') ? javaTools : [])]) {
    const [command = '', ...args] = tool.split(' ');
    const ended = await run(command, args, 30_000);
    if (ended.code !== 0) return `${command} (${tool})`;
  }
  return undefined;
}

/** One group for each version of the Java client, because its last part kills a broker. */
async function runSuite(options: Options, report: Report): Promise<void> {
  if (options.suite === 'controller') return controllerSuite(report);
  if (options.suite === 'store') {
    for (const version of options.versions) await storeSuite(repository, report, version, options.keep);
    return;
  }
  const programs = await programsOf(options.server, repository);
  const versions = options.suite === 'java' ? options.versions : [''];
  for (const version of versions) {
    const group = await Group.start(options.server, programs);
    try {
      if (options.suite === 'java') await new JavaSuite(repository, group, report, version).runParts(options.parts);
      else if (options.suite === 'node') await nodeSuite(repository, group, report);
      else if (options.suite === 'client') await clientSuite(group, report);
      else await pythonSuite(repository, group, report);
    } finally {
      await group.stop(options.keep);
    }
  }
}

/** Our brokers, and then RocketMQ's, under our controller. */
async function controllerSuite(report: Report): Promise<void> {
  const ours = await programsOf('controller', repository);
  await ControllerSuite.run(repository, ours.nameServer, ours, 'our brokers', report);
  await ControllerSuite.run(
    repository,
    ours.nameServer,
    await programsOf('stock', repository),
    'stock brokers',
    report,
  );
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(usage);
    return 0;
  }
  const missing = await missingTool(options);
  if (missing !== undefined) {
    console.log(`LEFT OUT: the suite ${options.suite} was NOT RUN, because this machine has no ${missing}`);
    return leftOutCode;
  }
  const report = new Report();
  try {
    await runSuite(options, report);
  } catch (error) {
    report.fail(`${options.suite}: the suite ran to its end`, error instanceof Error ? error.message : String(error));
  }
  const passed = report.finish();
  const reports = process.env['REPORTS'];
  if (reports !== undefined)
    report.write(resolve(repository, reports, `conformance-${options.suite}-${options.server}.json`));
  return passed ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
process.once('exit', () => {
  killAllChildren();
  removeGroupFolders();
});

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);
