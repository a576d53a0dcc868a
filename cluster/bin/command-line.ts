import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What RocketMQ's start scripts accept (ServerUtil.java, BrokerStartup.java). */
export interface ServerArguments {
  readonly configFile: string | undefined;
  readonly nameServers: string | undefined;
  /** -p: print the whole configuration and stop; -m: only the keys that are set or matter most. */
  readonly print: 'all' | 'important' | undefined;
  readonly help: boolean;
  /** --cut-at: position from which a damaged log is given up. */
  readonly cutAt: number | undefined;
  /** --seed-from: store directory of a plain master that a new group takes over. */
  readonly seedFrom: string | undefined;
}

/**
 * Reads `-c`, `-n`, `-p`, `-m`, `-h` and their long forms, and `--cut-at` and `--seed-from` of a program that has a store; a string is one sentence about what is
 * wrong.
 */
export function parseServerArguments(argv: readonly string[], hasStore: boolean): ServerArguments | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        configFile: { type: 'string', short: 'c' },
        namesrvAddr: { type: 'string', short: 'n' },
        printConfigItem: { type: 'boolean', short: 'p' },
        printImportantConfig: { type: 'boolean', short: 'm' },
        help: { type: 'boolean', short: 'h' },
        ...(hasStore ? ({ 'cut-at': { type: 'string' }, 'seed-from': { type: 'string' } } as const) : {}),
      },
    });
    const { 'cut-at': cutAt, 'seed-from': seedFrom } = values as { 'cut-at'?: string; 'seed-from'?: string };
    if (cutAt !== undefined && !/^\d{1,15}$/.test(cutAt))
      return `--cut-at ${cutAt}: the position has to be a number, as the refused start named it`;
    const print = values.printConfigItem ? 'all' : values.printImportantConfig ? 'important' : undefined;
    return {
      configFile: values.configFile,
      nameServers: values.namesrvAddr,
      print,
      help: values.help ?? false,
      cutAt: cutAt === undefined ? undefined : Number(cutAt),
      seedFrom: seedFrom === undefined ? undefined : resolve(seedFrom),
    };
  } catch (error) {
    return `${(error as Error).message.split('\n')[0]}; -h shows what there is`;
  }
}
