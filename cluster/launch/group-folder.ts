import { existsSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeDirectory } from '../../src/platform/node/make-directory.ts';
import { brokerOverrides, nameServerOverrides, type Overrides, resolveProperties, shippedFile } from './conf-copies.ts';
import type { LaunchedProcess } from './launched-process.ts';
import type { Layout } from './layouts.ts';
import { packageRoot } from './package-root.ts';
import type { PortPlan } from './ports.ts';

/** What a group's folder says about it, in `group.json`. */
export interface GroupRecord {
  readonly plan: PortPlan;
  /** Which shipped files it was started from; absent: those of dledger. */
  readonly layout?: string;
  /** Started processes by name: `namesrv`, and the brokers' They may have ended. */
  readonly processes: Readonly<Record<string, LaunchedProcess>>;
}

/** The folder of a group: configuration, logs, data, and the record of what runs. Never holds anything of anybody else. */
export class GroupFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = resolve(path);
  }

  get runDirectory(): string {
    return join(this.path, 'run');
  }

  confFile(name: string): string {
    return join(this.path, 'conf', `${name}.conf`);
  }

  logFile(name: string): string {
    return join(this.path, 'log', `${name}.log`);
  }

  storeDirectory(name: string): string {
    return join(this.path, 'store', name);
  }

  /** Undefined if no group was ever started in this folder. Throws a sentence if the record cannot be read. */
  read(): GroupRecord | undefined {
    const file = this.#recordFile;
    if (!existsSync(file)) return undefined;
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as GroupRecord;
    } catch (error) {
      throw new Error(`${file} cannot be read (${(error as Error).message}); remove it if nothing of this group runs`);
    }
  }

  /** Replaces the record as a whole. */
  write(record: GroupRecord): void {
    const temporary = `${this.#recordFile}.tmp`;
    writeFileSync(temporary, `${JSON.stringify(record, undefined, 2)}\n`);
    renameSync(temporary, this.#recordFile);
  }

  /** Makes the folders and writes the resolved configuration files of all programs. */
  prepare(layout: Layout, plan: PortPlan, brokerKeys: Overrides, nameServerKeys: Overrides = {}): void {
    const brokers = layout.brokers(plan.brokers.length);
    const names = brokers.map(({ name }) => name);
    const nameServers = layout.nameServers.map(({ name }) => name);
    const store = [...nameServers, ...names].map((name) => this.storeDirectory(name));
    for (const folder of [join(this.path, 'conf'), join(this.path, 'log'), this.runDirectory, ...store]) {
      makeDirectory(folder);
    }
    const heading = 'Written anew at every start from the shipped file of the same member.';
    const root = packageRoot();
    layout.nameServers.forEach(({ name, file }, index) => {
      const overrides = { ...nameServerOverrides(layout, plan, index, this.storeDirectory(name)), ...nameServerKeys };
      const template = file === undefined ? '' : shippedFile(root, file);
      writeFileSync(this.confFile(name), resolveProperties(template, overrides, heading));
    });
    brokers.forEach(({ name, file }, index) => {
      const overrides = { ...brokerOverrides(layout, plan, index, this.storeDirectory(name)), ...brokerKeys };
      writeFileSync(this.confFile(name), resolveProperties(shippedFile(root, file), overrides, heading));
    });
  }

  /** The last lines that a program printed; '' if none. */
  logTail(name: string, lines: number): string {
    const file = this.logFile(name);
    if (!existsSync(file)) return '';
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  /** Removes everything that a group left, and the folder itself if nothing else is in it. */
  remove(): void {
    for (const name of ['conf', 'log', 'run', 'store', 'group.json', 'group.json.tmp']) {
      rmSync(join(this.path, name), { recursive: true, force: true });
    }
    if (existsSync(this.path) && readdirSync(this.path).length === 0) rmdirSync(this.path);
  }

  get #recordFile(): string {
    return join(this.path, 'group.json');
  }
}
