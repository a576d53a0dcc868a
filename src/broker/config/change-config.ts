import type { Disk, Logger } from '../../platform/ports.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import { type ConfigError, describeConfigError } from './broker-config.ts';
import { keepChanges } from './keyed-config.ts';
import { parseProperties } from './properties.ts';

/** A configuration that can be changed over the wire, and what that needs. */
export interface ChangeableConfig {
  readonly config: {
    readonly values: { readonly configStorePath: string };
    update(entries: ReadonlyMap<string, string>): 'updated' | 'forbidden' | ConfigError;
  };
  readonly disk: Disk;
  readonly logger: Logger;
}

/** Takes a properties text in, and keeps it for the next start; the answer to the request that brought it. */
export function changeConfig({ config, disk, logger }: ChangeableConfig, body: Buffer): [ResponseCode, string?] {
  const parsed = parseProperties(body.toString('utf8'));
  const [problem] = parsed.errors;
  if (problem !== undefined) {
    return [ResponseCode.SYSTEM_ERROR, `line ${problem.line} of the properties: ${problem.problem}`];
  }
  const entries = new Map(parsed.entries.map(({ key, value }) => [key, value]));
  const result = config.update(entries);
  if (result === 'forbidden') return [ResponseCode.NO_PERMISSION, 'Can not update config in black list.'];
  if (result !== 'updated') return [ResponseCode.SYSTEM_ERROR, describeConfigError(result)];
  const path = config.values.configStorePath;
  logger.info('the configuration was changed', { keys: [...entries.keys()].join(', ') });
  try {
    keepChanges(disk, path, entries);
    return [ResponseCode.SUCCESS];
  } catch (error) {
    const why = `the change works until the next start, but ${path} could not be written: ${String(error)}`;
    return [ResponseCode.SYSTEM_ERROR, why];
  }
}
