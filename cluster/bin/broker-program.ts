import type { PortError } from '../../raft/index.ts';
import type { Broker } from '../../src/broker/broker.ts';
import { type BrokerConfig, describeConfigError, loadBrokerConfig } from '../../src/broker/config/broker-config.ts';
import type { Platform } from '../../src/platform/ports.ts';
import { ControlledBroker } from '../controller/client/controlled-broker.ts';
import { DledgerMember } from '../dledger/dledger-member.ts';
import { WrongConfiguration } from '../dledger/open-member.ts';
import { seedGroup } from '../dledger/seed/seed-group.ts';
import { SetBroker } from '../ha/set-broker.ts';
import { recordRun } from '../launch/run-record.ts';
import type { ServerArguments } from './command-line.ts';
import { hostFacts } from './host-facts.ts';
import { LateHttp } from './late-http.ts';
import { exitCodes, type RunningProgram, readConfigFile, StartRefused, stopFatally } from './program.ts';
import { refuseStart } from './refuse-start.ts';
import { controlledSource, memberSource, type ProgramSource, setSource } from './status-sources.ts';

export const BROKER_USAGE = `usage: mqbroker [-c <arg>] [--cut-at <arg>] [-h] [-m] [-n <arg>] [-p] [--seed-from <arg>]
 -c,--configFile <arg>       Broker config properties file
    --cut-at <arg>           Give up a damaged commit log from this position on, which a refused start named
 -h,--help                   Print help
 -m,--printImportantConfig   Print important config item
 -n,--namesrvAddr <arg>      Name server address list, eg: '192.168.0.1:9876;192.168.0.2:9876'
 -p,--printConfigItem        Print all config item
    --seed-from <arg>        Begin a DLedger group with the store directory of a stopped broker without replication, which is only read`;

/** How long name servers that do not answer may hold the line that the broker has started, ms. */
const LONGEST_ANNOUNCEMENT_MS = 1_000;

const CUT_IN_GROUP =
  '--cut-at is for a broker without replication: a member of a group, or a broker of Controller mode, gets what is damaged from the others. Start it without --cut-at; what it says then names the way on';

const SEED_OUTSIDE =
  '--seed-from is for the first member of a DLedger group: set enableDLegerCommitLog=true and the keys of the group, or start this broker without --seed-from';

/** What `-m` prints: what decides where a broker belongs and how safe it is. */
const IMPORTANT_KEYS: readonly (keyof BrokerConfig)[] = [
  'namesrvAddr',
  'brokerIP1',
  'listenPort',
  'brokerName',
  'brokerClusterName',
  'brokerId',
  'brokerRole',
  'haMasterAddress',
  'flushDiskType',
  'storePathRootDir',
  'autoCreateTopicEnable',
  'autoCreateSubscriptionGroup',
  'enableDLegerCommitLog',
  'dLegerGroup',
  'dLegerPeers',
  'dLegerSelfId',
  'enableControllerMode',
  'controllerAddr',
  'allAckInSyncStateSet',
  'httpPort',
];

/** Starts the broker that the arguments and its configuration file describe, or prints that configuration; throws StartRefused for what people can mend. */
export async function startBrokerProgram(
  args: ServerArguments,
  platform: Platform,
): Promise<RunningProgram | undefined> {
  const config = readConfiguration(args, platform);
  if (args.print !== undefined) {
    printConfiguration(config, args.print);
    return undefined;
  }
  const running = await startBroker(platform, config, args);
  const { broker } = running;
  const forget = recordRun('broker', config.brokerName, broker.address);
  const http = new LateHttp(running.source, platform.logger);
  http.open([
    { host: config.httpBindAddress, port: config.httpPort, pages: 'all' },
    {
      host: config.metricsPromExporterHost || config.brokerIP1,
      port: config.metricsPromExporterPort,
      pages: 'metrics',
    },
  ]);
  return {
    announce() {
      const line = `${bootSuccess(config, broker.address)}\n`;
      broker.whenAnnounced(LONGEST_ANNOUNCEMENT_MS, () => process.stdout.write(line));
    },
    stop: async () => {
      running.source.stopping();
      await running.stop();
      await http.close();
      forget();
    },
  };
}

function bootSuccess({ brokerName, namesrvAddr }: BrokerConfig, address: string): string {
  const nameServers = namesrvAddr === '' ? '' : ` and name server is ${namesrvAddr}`;
  return `The broker[${brokerName}, ${address}] boot success. serializeType=JSON${nameServers}`;
}

function readConfiguration(args: ServerArguments, platform: Platform): BrokerConfig {
  const overrides = args.nameServers === undefined ? {} : { namesrvAddr: args.nameServers };
  const { config, errors, warnings, ignored } = loadBrokerConfig(
    readConfigFile(args.configFile),
    hostFacts(),
    overrides,
  );
  if (errors.length > 0) {
    const sentences = [...errors.map(describeConfigError), ...warnings];
    throw new StartRefused(sentences.join('\n'), exitCodes.configuration);
  }
  if (args.print !== undefined) {
    for (const warning of warnings) process.stderr.write(`${warning}\n`);
    return config;
  }
  for (const warning of warnings) platform.logger.warn(warning);
  if (ignored.length > 0) platform.logger.info(`RocketMQ's keys that have no effect here: ${ignored.join(', ')}`);
  return config;
}

function printConfiguration(config: BrokerConfig, what: 'all' | 'important'): void {
  const keys = what === 'important' ? IMPORTANT_KEYS : (Object.keys(config).sort() as (keyof BrokerConfig)[]);
  for (const key of keys) process.stdout.write(`${key}=${config[key]}\n`);
}

interface RunningBroker {
  readonly broker: Broker;
  readonly source: ProgramSource;
  stop(): Promise<void>;
}

async function startBroker(
  platform: Platform,
  config: BrokerConfig,
  { cutAt, seedFrom }: ServerArguments,
): Promise<RunningBroker> {
  const onFatal = (error: PortError): never => stopFatally(platform, error);
  try {
    const inGroup = config.enableControllerMode || config.enableDLegerCommitLog;
    if (inGroup && cutAt !== undefined) throw new WrongConfiguration(CUT_IN_GROUP);
    const isMember = config.enableDLegerCommitLog && !config.enableControllerMode;
    if (!isMember && seedFrom !== undefined) throw new WrongConfiguration(SEED_OUTSIDE);
    if (config.enableControllerMode) {
      const controlled = new ControlledBroker(platform, config, onFatal);
      await controlled.start();
      const { broker } = controlled;
      return { broker, source: controlledSource(platform, controlled), stop: () => controlled.stop() };
    }
    if (!config.enableDLegerCommitLog) {
      const set = new SetBroker(platform, config);
      await set.start(onFatal, cutAt);
      return { broker: set.broker, source: setSource(platform, set), stop: () => set.stop() };
    }
    if (seedFrom !== undefined) await seedGroup(platform, config, seedFrom);
    const member = new DledgerMember(platform, config, onFatal);
    await member.start();
    return { broker: member.broker, source: memberSource(platform, member), stop: () => member.stop() };
  } catch (error) {
    refuseStart(error);
  }
}
