import { type ConfigError, resolvePath } from '../../src/broker/config/broker-config.ts';
import { KeyedConfig, type KeyedConfigForm, readKeys } from '../../src/broker/config/keyed-config.ts';
import { type GroupSettings, readGroupSettings } from '../dledger/group-settings.ts';
import { controllerKeys, ignoredControllerKeys, startKeys } from './config-keys.ts';

/** The configuration of a controller. Keys that may change at run time are read at each use. */
export type ControllerConfig = KeyedConfig<typeof controllerKeys>;

export interface ControllerConfigResult {
  readonly config: ControllerConfig;
  /** Not empty: the program must not start. */
  readonly errors: readonly ConfigError[];
  /** Sentences for the log. */
  readonly warnings: readonly string[];
}

const form: KeyedConfigForm<typeof controllerKeys> = {
  specs: controllerKeys,
  ignored: ignoredControllerKeys,
  fixed: ({ configBlackList }) => [...configBlackList.split(';'), ...startKeys],
};

/**
 * Reads a controller's properties file; `isKnown` tells keys of the name server that it is in. `overrides` come from the command line and win. Never
 * throws: everything wrong is in `errors`.
 */
export function loadControllerConfig(
  fileText: string,
  homeDirectory: string,
  overrides: Readonly<Record<string, string>> = {},
  isKnown: (key: string) => boolean = () => false,
): ControllerConfigResult {
  const { values, errors, warnings } = readKeys(form, fileText, overrides, isKnown);
  const resolved = {
    ...values,
    controllerStorePath: resolvePath(values.controllerStorePath, homeDirectory),
    configStorePath: resolvePath(values.configStorePath, homeDirectory),
  };
  return { config: new KeyedConfig(form, resolved), errors: [...errors, ...refusedCombinations(resolved)], warnings };
}

function refusedCombinations(values: ControllerConfig['values']): ConfigError[] {
  const { controllerType, heartbeatIntervalMs, electionTimeoutMs } = values;
  const errors: ConfigError[] = [];
  const wrong = (key: keyof typeof values, problem: string, remedy: string): void => {
    errors.push({ key, value: String(values[key]), problem, remedy });
  };
  if (controllerType === 'jRaft') {
    wrong(
      'controllerType',
      'this controller replicates its own log and speaks no jRaft',
      'Remove the line, and name the controllers in controllerDLegerPeers instead of jRaftInitConf',
    );
  }
  if (values.controllerDLegerGroup === '') {
    wrong('controllerDLegerGroup', 'the group of the controllers needs a name', 'Set it, the same at all of them');
  }
  if (electionTimeoutMs < 2 * heartbeatIntervalMs) {
    wrong('electionTimeoutMs', `it must be at least twice heartbeatIntervalMs=${heartbeatIntervalMs}`, 'Raise it');
  }
  return errors;
}

/** Who the controllers are and which of them this is; a string is one sentence with key, value and remedy. */
export function controllerGroup({ values }: ControllerConfig): GroupSettings | string {
  const { controllerDLegerGroup, controllerDLegerPeers, controllerDLegerSelfId } = values;
  const keys = { peers: 'controllerDLegerPeers', selfId: 'controllerDLegerSelfId' };
  return readGroupSettings(controllerDLegerGroup, controllerDLegerPeers, controllerDLegerSelfId, keys);
}
