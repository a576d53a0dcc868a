import { describeConfigError } from '../../src/broker/config/broker-config.ts';
import type { Platform } from '../../src/platform/ports.ts';
import { formatAddress } from '../../src/remoting/address.ts';
import { listenProblem } from '../../src/remoting/listen-problem.ts';
import { type ControllerConfig, loadControllerConfig } from '../controller/config.ts';
import { recordRun } from '../launch/run-record.ts';
import { loadNamesrvConfig } from '../namesrv/config.ts';
import { isNamesrvKey } from '../namesrv/config-keys.ts';
import { createNameServer } from '../namesrv/name-server.ts';
import type { ServerArguments } from './command-line.ts';
import { hostFacts } from './host-facts.ts';
import { LateHttp } from './late-http.ts';
import { exitCodes, type RunningProgram, readConfigFile, StartRefused } from './program.ts';
import { startController } from './start-controller.ts';
import { nameServerSource } from './status-sources.ts';

export const NAME_SERVER_USAGE = `usage: mqnamesrv [-c <arg>] [-h] [-p]
 -c,--configFile <arg>    Name server config properties file
 -h,--help                Print help
 -p,--printConfigItem     Print all config items
 -n,--namesrvAddr <arg>   Accepted and ignored, as name servers do not know each other`;

/** Starts the name server, with the controller inside where its file says so; undefined if it had only to print. Throws StartRefused. */
export async function startNameServerProgram(
  args: ServerArguments,
  platform: Platform,
): Promise<RunningProgram | undefined> {
  const { homeDirectory } = hostFacts();
  // Changes made over the wire go to the file that the next start reads.
  const overrides = args.configFile === undefined ? {} : { configStorePath: args.configFile };
  const { config, errors, warnings } = loadNamesrvConfig(readConfigFile(args.configFile), homeDirectory, overrides);
  if (errors.length > 0) {
    const sentences = [...errors.map(describeConfigError), ...warnings];
    throw new StartRefused(sentences.join('\n'), exitCodes.configuration);
  }
  if (args.print !== undefined) {
    process.stdout.write(config.format());
    if (config.values.enableControllerInNamesrv) process.stdout.write(readControllerConfig(args).format());
    return undefined;
  }
  for (const warning of warnings) platform.logger.warn(warning);
  const controllerConfig = config.values.enableControllerInNamesrv ? readControllerConfig(args) : undefined;
  const server = createNameServer(platform, config);
  const address = await server.start();
  if ('code' in address) {
    const wanted = { host: config.values.bindAddress, port: config.values.listenPort };
    throw new StartRefused(listenProblem(wanted, address, 'Stop that process, or set another listenPort'));
  }
  const controller = controllerConfig && (await startController(platform, controllerConfig));
  const forget = recordRun('namesrv', 'namesrv', formatAddress(address));
  const source = nameServerSource(platform, server, controller);
  const http = new LateHttp(source, platform.logger);
  http.open([{ host: config.values.httpBindAddress, port: config.values.httpPort, pages: 'all' }]);
  return {
    announce: () => process.stdout.write('The Name Server boot success. serializeType=JSON\n'),
    stop: async () => {
      source.stopping();
      await controller?.stop();
      await server.stop();
      await http.close();
      forget();
    },
  };
}

/** The keys of the controller inside stand in the same file. */
function readControllerConfig({ configFile }: ServerArguments): ControllerConfig {
  const overrides = configFile === undefined ? {} : { configStorePath: configFile };
  const text = readConfigFile(configFile);
  const { config, errors } = loadControllerConfig(text, hostFacts().homeDirectory, overrides, isNamesrvKey);
  if (errors.length > 0) throw new StartRefused(errors.map(describeConfigError).join('\n'), exitCodes.configuration);
  return config;
}
