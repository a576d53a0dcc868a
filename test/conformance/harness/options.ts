import { parseArgs } from 'node:util';
import { type JavaPart, javaParts, javaVersions } from './java-suite.ts';
import { type Server, servers } from './topology.ts';

export type Suite = 'java' | 'store' | 'node' | 'python' | 'client' | 'controller';

export type Options = {
  readonly suite: Suite;
  readonly server: Server;
  readonly versions: readonly string[];
  readonly parts: readonly JavaPart[];
  readonly keep: boolean;
};

const suites: readonly Suite[] = ['java', 'store', 'node', 'python', 'client', 'controller'];

export const usage = `Usage: test/conformance/run.sh ${suites.join('|')} [options]
  --server NAME      whose servers to start: ${servers.join(', ')} (default dledger; of client: stock)
  --stock            the same as --server stock
  --client VERSION   java, store: only this version of RocketMQ (${javaVersions.join(', ')})
  --only PARTS       java: only these parts, comma-separated (${javaParts.join(', ')})
  --keep             keep logs and data
  --help             this text`;

function oneOf<T extends string>(what: string, known: readonly T[], given: string | undefined): T {
  const found = known.find((each) => each === given);
  if (found === undefined) throw new Error(`${what}: "${given ?? ''}" is none of ${known.join(', ')}\n${usage}`);
  return found;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        server: { type: 'string' },
        stock: { type: 'boolean', default: false },
        client: { type: 'string' },
        only: { type: 'string' },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`);
  }
}

/** Reads the command line; undefined if it asks for help. Throws one sentence and the usage when it is wrong. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  if (positionals.length > 1) throw new Error(`one suite at a time\n${usage}`);
  const suite = oneOf('suite', suites, positionals[0]);
  // Clients of others are tried against our servers, ours against the others'.
  const server = values.server ?? (suite === 'client' ? 'stock' : 'dledger');
  return {
    suite,
    server: oneOf('--server', servers, values.stock ? 'stock' : server),
    versions: values.client === undefined ? javaVersions : [oneOf('--client', javaVersions, values.client)],
    parts:
      values.only === undefined ? javaParts : values.only.split(',').map((each) => oneOf('--only', javaParts, each)),
    keep: values.keep,
  };
}
