import { ClientError } from '../client/errors.ts';
import type { Platform } from '../platform/ports.ts';
import type { Example } from './example/example.ts';
import { quickstartConsumer } from './example/quickstart-consumer.ts';
import { quickstartProducer } from './example/quickstart-producer.ts';
import { type AdminSurroundings, exitCodes, mqadmin } from './mqadmin.ts';
import { suggestion } from './near-miss.ts';

const MQADMIN = 'org.apache.rocketmq.tools.command.MQAdminStartup';
const examples: ReadonlyMap<string, Example> = new Map([
  ['org.apache.rocketmq.example.quickstart.Producer', quickstartProducer],
  ['org.apache.rocketmq.example.quickstart.Consumer', quickstartConsumer],
]);

const classes = [...examples.keys(), MQADMIN];

export interface ClassSurroundings extends AdminSurroundings {
  /** Aborted when the program is to end. */
  readonly signal: AbortSignal;
}

/** Runs the port of a class of RocketMQ's as its tools.sh does, and resolves to the exit code. */
export async function runClass(argv: readonly string[], surroundings: ClassSurroundings): Promise<number> {
  const { print, printError, nameServers } = surroundings;
  const [name, ...rest] = argv;
  if (name === MQADMIN) return mqadmin(rest, surroundings);
  if (name === '-h' || name === '--help') {
    print(usage());
    return exitCodes.ok;
  }
  const example = examples.get(name ?? '');
  if (name === undefined || example === undefined) {
    const problem = name === undefined ? 'No class is given.' : `There is no class "${name}".`;
    printError(`${problem}${suggestion(name ?? '', classes)} There are:\n${list()}`);
    return exitCodes.usage;
  }
  if (nameServers === undefined || nameServers.trim() === '') {
    printError('No name server is given. Set NAMESRV_ADDR, such as NAMESRV_ADDR=127.0.0.1:9876.\n');
    return exitCodes.usage;
  }
  return runExample(example, surroundings.platform(), nameServers, surroundings);
}

function usage(): string {
  return `Usage: CLASS [ARGUMENTS]

Runs our port of one of these classes of RocketMQ; the examples find their name servers in NAMESRV_ADDR:
${list()}`;
}

function list(): string {
  return classes.map((name) => `  ${name}\n`).join('');
}

async function runExample(
  example: Example,
  platform: Platform,
  nameServers: string,
  { print, printError, signal }: ClassSurroundings,
): Promise<number> {
  try {
    return await example({ platform, nameServers, print, printError, signal });
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    printError(`${error.message}\n`);
    return error.code === 'invalid-argument' ? exitCodes.usage : exitCodes.failed;
  }
}
