import type { Disk } from '../../src/platform/ports.ts';

/** The namespace in which the order of ordered topics is kept (NamesrvUtil.NAMESPACE_ORDER_TOPIC_CONFIG). */
export const ORDER_TOPIC_CONFIG = 'ORDER_TOPIC_CONFIG';

/**
 * Small texts by namespace and key, kept in a JSON file of RocketMQ's form (`kvConfig.json`: `{"configTable":{...}}`), which is
 * replaced as a whole before a change is answered.
 */
export class KvConfig {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #table: Map<string, Map<string, string>>;

  /** Reads the file, if there is one. Throws an Error with one sentence if it cannot be understood. */
  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
    this.#table = parseTable(path, disk.readFile(path)?.toString('utf8'));
  }

  get(namespace: string, key: string): string | undefined {
    return this.#table.get(namespace)?.get(key);
  }

  /** All entries of a namespace, or undefined if it is not known. */
  list(namespace: string): ReadonlyMap<string, string> | undefined {
    return this.#table.get(namespace);
  }

  put(namespace: string, key: string, value: string): void {
    let entries = this.#table.get(namespace);
    if (entries === undefined) {
      entries = new Map();
      this.#table.set(namespace, entries);
    }
    entries.set(key, value);
    this.#persist();
  }

  remove(namespace: string, key: string): void {
    if (this.#table.get(namespace)?.delete(key) === true) this.#persist();
  }

  #persist(): void {
    const configTable = Object.fromEntries(
      [...this.#table].map(([name, entries]) => [name, Object.fromEntries(entries)]),
    );
    const slash = this.#path.lastIndexOf('/');
    if (slash > 0) this.#disk.makeDirectory(this.#path.slice(0, slash));
    this.#disk.replaceFile(this.#path, Buffer.from(JSON.stringify({ configTable })));
  }
}

function parseTable(path: string, content: string | undefined): Map<string, Map<string, string>> {
  if (content === undefined || content.trim() === '') return new Map();
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch {
    parsed = undefined;
  }
  const table = (parsed as { configTable?: unknown } | undefined)?.configTable;
  if (typeof table !== 'object' || table === null) {
    throw new Error(
      `${path} is not a table of KV configs ({"configTable":{...}}); repair it, or remove it to start without any.`,
    );
  }
  return new Map(Object.entries(table).map(([name, entries]) => [name, textEntries(entries)]));
}

function textEntries(entries: unknown): Map<string, string> {
  return new Map(Object.entries(entries ?? {}).map(([key, value]) => [key, String(value)]));
}
