import { type ConfigError, resolvePath } from '../../src/broker/config/broker-config.ts';
import { KeyedConfig, type KeyedConfigForm, readKeys } from '../../src/broker/config/keyed-config.ts';
import { isControllerKey } from '../controller/config-keys.ts';
import { ignoredNamesrvKeys, namesrvKeys } from './config-keys.ts';

/** The configuration of a name server. Keys that may change at run time are read at each use. */
export type NamesrvConfig = KeyedConfig<typeof namesrvKeys>;

export interface NamesrvConfigResult {
  readonly config: NamesrvConfig;
  /** Not empty: the program must not start. */
  readonly errors: readonly ConfigError[];
  /** Sentences for the log. */
  readonly warnings: readonly string[];
}

const form: KeyedConfigForm<typeof namesrvKeys> = {
  specs: namesrvKeys,
  ignored: ignoredNamesrvKeys,
  fixed: ({ configBlackList }) => configBlackList.split(';'),
};

/**
 * Reads a name server's properties file, which may hold the keys of its controller too. `overrides` come from the command line and win. Never throws:
 * everything wrong is in `errors`.
 */
export function loadNamesrvConfig(
  fileText: string,
  homeDirectory: string,
  overrides: Readonly<Record<string, string>> = {},
): NamesrvConfigResult {
  const { values, errors, warnings } = readKeys(form, fileText, overrides, isControllerKey);
  const resolved = {
    ...values,
    kvConfigPath: resolvePath(values.kvConfigPath, homeDirectory),
    configStorePath: resolvePath(values.configStorePath, homeDirectory),
  };
  return { config: new KeyedConfig(form, resolved), errors, warnings };
}
