import { describeConfigError } from '../../../src/broker/config/broker-config.ts';
import { parseProperties } from '../../../src/broker/config/properties.ts';
import { ResponseCode } from '../../../src/protocol/codes.ts';
import { getNamesrvConfig } from '../../../src/protocol/command/get-namesrv-config.ts';
import { updateNamesrvConfig } from '../../../src/protocol/command/update-namesrv-config.ts';
import type { NameServerState, Processor } from '../name-server-state.ts';

/** GET_NAMESRV_CONFIG and UPDATE_NAMESRV_CONFIG. */
export const namesrvConfigProcessor: Processor = (dispatcher, state) => {
  dispatcher.registerTyped(getNamesrvConfig, (context) => {
    context.reply(ResponseCode.SUCCESS, undefined, undefined, [Buffer.from(state.config.format())]);
  });
  dispatcher.registerTyped(updateNamesrvConfig, (context) => {
    const parsed = parseProperties(context.command.body.toString('utf8'));
    const [problem] = parsed.errors;
    if (problem !== undefined) {
      context.reply(ResponseCode.SYSTEM_ERROR, `line ${problem.line} of the properties: ${problem.problem}`);
      return;
    }
    const entries = new Map(parsed.entries.map(({ key, value }) => [key, value]));
    const result = state.config.update(entries);
    if (result === 'forbidden') context.reply(ResponseCode.NO_PERMISSION, 'Can not update config in black list.');
    else if (result !== 'updated') context.reply(ResponseCode.SYSTEM_ERROR, describeConfigError(result));
    else context.reply(...persisted(state, entries));
  });
};

/** Keeps the change for the next start; the answer. */
function persisted({ config, disk, logger }: NameServerState, entries: ReadonlyMap<string, string>): [number, string?] {
  const path = config.values.configStorePath;
  logger.info('the configuration was changed', { keys: [...entries.keys()].join(', ') });
  try {
    const slash = path.lastIndexOf('/');
    if (slash > 0) disk.makeDirectory(path.slice(0, slash));
    disk.replaceFile(path, Buffer.from(config.format()));
    return [ResponseCode.SUCCESS];
  } catch (error) {
    return [
      ResponseCode.SYSTEM_ERROR,
      `the change works until the next start, but ${path} could not be written: ${String(error)}`,
    ];
  }
}
