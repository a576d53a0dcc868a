import type { Disk } from '../../platform/ports.ts';
import type { ConfigError } from './broker-config.ts';
import { type KeySpec, parseValue, type ValueOf } from './key-spec.ts';
import { formatProperties, parseProperties } from './properties.ts';

type Specs = Readonly<Record<string, KeySpec>>;

/** The value of each key. */
export type KeyValues<S extends Specs> = { readonly [Key in keyof S]: ValueOf<S[Key]> };

/** What a program's configuration consists of. */
export interface KeyedConfigForm<S extends Specs> {
  readonly specs: S;
  /** Keys that RocketMQ knows and that mean nothing here, with its defaults: shown, so that its tools find them. */
  readonly ignored: Readonly<Record<string, string>>;
  /** Keys that may not be changed over the wire. */
  readonly fixed: (values: KeyValues<S>) => Iterable<string>;
}

/** Values that can change at run time: read them at each use. */
export class KeyedConfig<S extends Specs> {
  readonly #form: KeyedConfigForm<S>;
  #values: KeyValues<S>;

  constructor(form: KeyedConfigForm<S>, values: KeyValues<S>) {
    this.#form = form;
    this.#values = values;
  }

  get values(): KeyValues<S> {
    return this.#values;
  }

  /** Takes new values in, all or none. */
  update(entries: ReadonlyMap<string, string>): 'updated' | 'forbidden' | ConfigError {
    const fixed = new Set(this.#form.fixed(this.#values));
    for (const key of entries.keys()) if (fixed.has(key)) return 'forbidden';
    const { values, errors } = readValues(this.#form.specs, entries, this.#values);
    if (errors[0] !== undefined) return errors[0];
    this.#values = values;
    return 'updated';
  }

  /** All keys as properties text, sorted. */
  format(): string {
    const own = Object.entries(this.#values).map(([key, value]): [string, string] => [key, String(value)]);
    const all = [...own, ...Object.entries(this.#form.ignored)];
    return formatProperties(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

export interface ReadKeysResult<S extends Specs> {
  readonly values: KeyValues<S>;
  /** Not empty: the program must not start. */
  readonly errors: readonly ConfigError[];
  /** Sentences for the log. */
  readonly warnings: readonly string[];
}

/**
 * Reads a properties file (java.util.Properties syntax). `overrides` come from the command line and win; `isKnown` tells keys of other parts of the program.
 * Never throws: everything wrong is in `errors`.
 */
export function readKeys<S extends Specs>(
  { specs, ignored }: KeyedConfigForm<S>,
  fileText: string,
  overrides: Readonly<Record<string, string>>,
  isKnown: (key: string) => boolean = () => false,
): ReadKeysResult<S> {
  const parsed = parseProperties(fileText);
  const given = new Map(parsed.entries.map(({ key, value }) => [key, value]));
  for (const [key, value] of Object.entries(overrides)) given.set(key, value);
  const defaults = Object.fromEntries(Object.entries(specs).map(([key, spec]) => [key, spec.default]));
  const { values, errors } = readValues(specs, given, defaults as KeyValues<S>);
  const unknown = [...given.keys()].filter((key) => !(key in specs) && !(key in ignored) && !isKnown(key));
  const badLines = parsed.errors.map(({ line, problem }): ConfigError => {
    return { key: `line ${line}`, value: '', problem, remedy: 'Correct the escape or double the backslash' };
  });
  const warnings = unknown.length === 0 ? [] : [`unknown configuration keys have no effect: ${unknown.join(', ')}`];
  return { values, errors: [...badLines, ...errors], warnings };
}

function readValues<S extends Specs>(
  specs: S,
  given: ReadonlyMap<string, string>,
  base: KeyValues<S>,
): { values: KeyValues<S>; errors: ConfigError[] } {
  const values: Record<string, string | number | boolean> = { ...base };
  const errors: ConfigError[] = [];
  for (const [key, raw] of given) {
    const spec = specs[key];
    if (spec === undefined) continue;
    const result = parseValue(spec, raw);
    if ('value' in result) {
      values[key] = result.value;
    } else {
      const remedy = `Correct it or remove the line (the default is ${spec.default})`;
      errors.push({ key, value: raw, problem: `it must ${result.must}`, remedy });
    }
  }
  return { values: values as KeyValues<S>, errors };
}

/** Writes changed keys into a properties file, for the next start; what else is in it stays, but comments do not. Throws the disk's error. */
export function keepChanges(disk: Disk, path: string, changes: ReadonlyMap<string, string>): void {
  const before = parseProperties(disk.readFile(path)?.toString('utf8') ?? '').entries;
  const all = new Map(before.map(({ key, value }) => [key, value]));
  for (const [key, value] of changes) all.set(key, value);
  const slash = path.lastIndexOf('/');
  if (slash > 0) disk.makeDirectory(path.slice(0, slash));
  disk.replaceFile(path, Buffer.from(formatProperties(all)));
}
