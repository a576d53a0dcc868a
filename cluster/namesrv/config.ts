import { type ConfigError, resolvePath } from '../../src/broker/config/broker-config.ts';
import { parseValue } from '../../src/broker/config/key-spec.ts';
import { formatProperties, parseProperties } from '../../src/broker/config/properties.ts';
import { ignoredNamesrvKeys, type NamesrvKey, type NamesrvValues, namesrvKeys } from './config-keys.ts';

export interface NamesrvConfigResult {
  readonly config: NamesrvConfig;
  /** Not empty: the program must not start. */
  readonly errors: readonly ConfigError[];
  /** Sentences for the log. */
  readonly warnings: readonly string[];
}

/** The configuration of a name server. Keys that may change at run time are read at each use. */
export class NamesrvConfig {
  #values: NamesrvValues;

  constructor(values: NamesrvValues) {
    this.#values = values;
  }

  get values(): NamesrvValues {
    return this.#values;
  }

  /** Takes new values in; false if one of them may not be changed over the wire (`configBlackList`). */
  update(entries: ReadonlyMap<string, string>): 'updated' | 'forbidden' | ConfigError {
    const forbidden = new Set(this.#values.configBlackList.split(';'));
    for (const key of entries.keys()) if (forbidden.has(key)) return 'forbidden';
    const { values, errors } = readValues(entries, this.#values);
    if (errors[0] !== undefined) return errors[0];
    this.#values = values;
    return 'updated';
  }

  /** All keys as properties text, sorted; those without effect with RocketMQ's defaults, so that its tools find them. */
  format(): string {
    const own = Object.entries(this.#values).map(([key, value]): [string, string] => [key, String(value)]);
    const all = [...own, ...Object.entries(ignoredNamesrvKeys)];
    return formatProperties(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/**
 * Reads a name server's properties file (java.util.Properties syntax). `overrides` come from the command line and win. Never throws:
 * everything wrong is in `errors`.
 */
export function loadNamesrvConfig(
  fileText: string,
  homeDirectory: string,
  overrides: Readonly<Record<string, string>> = {},
): NamesrvConfigResult {
  const parsed = parseProperties(fileText);
  const given = new Map(parsed.entries.map(({ key, value }) => [key, value]));
  for (const [key, value] of Object.entries(overrides)) given.set(key, value);
  const defaults = Object.fromEntries(Object.entries(namesrvKeys).map(([key, spec]) => [key, spec.default]));
  const { values, errors } = readValues(given, defaults as unknown as NamesrvValues);
  const unknown = [...given.keys()].filter((key) => !(key in namesrvKeys) && !(key in ignoredNamesrvKeys));
  const badLines = parsed.errors.map(({ line, problem }): ConfigError => {
    return { key: `line ${line}`, value: '', problem, remedy: 'Correct the escape or double the backslash' };
  });
  const resolved = {
    ...values,
    kvConfigPath: resolvePath(values.kvConfigPath, homeDirectory),
    configStorePath: resolvePath(values.configStorePath, homeDirectory),
  };
  return {
    config: new NamesrvConfig(resolved),
    errors: [...badLines, ...errors],
    warnings: unknown.length === 0 ? [] : [`unknown configuration keys have no effect: ${unknown.join(', ')}`],
  };
}

function readValues(
  given: ReadonlyMap<string, string>,
  base: NamesrvValues,
): { values: NamesrvValues; errors: ConfigError[] } {
  const values: Record<string, string | number | boolean> = { ...base };
  const errors: ConfigError[] = [];
  for (const [key, raw] of given) {
    const spec = namesrvKeys[key as NamesrvKey];
    if (spec === undefined) continue;
    const result = parseValue(spec, raw);
    if ('value' in result) {
      values[key] = result.value;
    } else {
      const remedy = `Correct it or remove the line (the default is ${spec.default})`;
      errors.push({ key, value: raw, problem: `it must ${result.must}`, remedy });
    }
  }
  return { values: values as unknown as NamesrvValues, errors };
}
