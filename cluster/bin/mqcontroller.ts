import { describeConfigError } from '../../src/broker/config/broker-config.ts';
import type { Platform } from '../../src/platform/ports.ts';
import { loadControllerConfig } from '../controller/config.ts';
import { recordRun } from '../launch/run-record.ts';
import type { ServerArguments } from './command-line.ts';
import { hostFacts } from './host-facts.ts';
import { LateHttp } from './late-http.ts';
import { exitCodes, type RunningProgram, readConfigFile, runProgram, StartRefused } from './program.ts';
import { startController } from './start-controller.ts';
import { controllerSource } from './status-sources.ts';

const USAGE = `usage: mqcontroller [-c <arg>] [-h] [-p]
 -c,--configFile <arg>    Controller config properties file
 -h,--help                Print help
 -p,--printConfigItem     Print all config items
 -n,--namesrvAddr <arg>   Accepted and ignored, as controllers need no name server`;

async function start(args: ServerArguments, platform: Platform): Promise<RunningProgram | undefined> {
  const { homeDirectory } = hostFacts();
  // Changes made over the wire go to the file that the next start reads.
  const overrides = args.configFile === undefined ? {} : { configStorePath: args.configFile };
  const { config, errors, warnings } = loadControllerConfig(readConfigFile(args.configFile), homeDirectory, overrides);
  if (errors.length > 0) throw new StartRefused(errors.map(describeConfigError).join('\n'), exitCodes.configuration);
  if (args.print !== undefined) {
    process.stdout.write(config.format());
    return undefined;
  }
  for (const warning of warnings) platform.logger.warn(warning);
  if (args.configFile !== undefined) process.stdout.write(`load config properties file OK, ${args.configFile}\n`);
  const controller = await startController(platform, config);
  const { values } = config;
  const forget = recordRun('controller', values.controllerDLegerSelfId, controller.address);
  const source = controllerSource(platform, controller);
  const http = new LateHttp(source, platform.logger);
  http.open([
    { host: values.httpBindAddress, port: values.httpPort, pages: 'all' },
    {
      host: values.metricsPromExporterHost || values.bindAddress,
      port: values.metricsPromExporterPort,
      pages: 'metrics',
    },
  ]);
  return {
    announce: () => process.stdout.write('The Controller Server boot success. serializeType=JSON\n'),
    stop: async () => {
      source.stopping();
      await controller.stop();
      await http.close();
      forget();
    },
  };
}

await runProgram(USAGE, start);
