import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, type Ended, run } from './child.ts';
import type { Group } from './group.ts';
import { classPath, resolveJava } from './maven.ts';
import { type AdminContext, adminChecks } from './mqadmin-checks.ts';
import type { Report } from './report.ts';
import { reportTap, tail } from './tap.ts';

/** Versions of the published client that must work. */
export const javaVersions = ['4.9.5', '5.3.3'] as const;

/** The parts of the suite, by the name that `--only` takes. */
export const javaParts = ['json', 'binary', 'code10', 'mqadmin', 'supervised', 'outage'] as const;
export type JavaPart = (typeof javaParts)[number];

const lightJvm = ['-Xmx512m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Dfile.encoding=UTF-8'];
const checksTimeoutMs = 200_000;
const adminTimeoutMs = 30_000;
const outageTimeoutMs = 150_000;

/** Checks that leave behind what the mqadmin commands look at. */
const seeds = ['quickstart', 'queries', 'consumer-restart'];
const binaryChecks = [
  'quickstart',
  'send-kinds',
  'tag-filter',
  'retry',
  'pull',
  'queries',
  'properties',
  'large-bodies',
];
const code10Checks = ['send-kinds', 'properties', 'quickstart'];

/** One version of the client against one group. */
export class JavaSuite {
  readonly #repository: string;
  readonly #group: Group;
  readonly #report: Report;
  readonly #version: string;
  readonly #run = `r${Date.now().toString(36)}`;

  constructor(repository: string, group: Group, report: Report, version: string) {
    this.#repository = repository;
    this.#group = group;
    this.#report = report;
    this.#version = version;
  }

  async runParts(parts: readonly JavaPart[]): Promise<void> {
    await resolveJava(this.#repository, this.#version, false);
    const has = (part: JavaPart) => parts.includes(part);
    // Side by side, because clients mostly wait for their timers.
    await Promise.all([
      has('json') || has('mqadmin') ? this.#checks('json', [], has('json') ? [] : seeds) : undefined,
      has('binary') ? this.#checks('binary', ['-Drocketmq.serialize.type=ROCKETMQ'], binaryChecks) : undefined,
      has('code10')
        ? this.#checks('code10', ['-Dorg.apache.rocketmq.client.sendSmartMsg=false'], code10Checks)
        : undefined,
    ]);
    if (has('mqadmin')) await this.#mqadmin();
    if (has('supervised')) await this.#outage({ supervised: true });
    // Last, because afterwards a broker is missing.
    if (has('outage')) await this.#outage({ supervised: false });
    this.#report.check(`java ${this.#version}: no broker has ended by itself`, this.#group.crashed());
  }

  #java(label: string, scope: 'client' | 'runtime', flags: readonly string[]): string[] {
    const home = this.#group.clientHome(`java-${this.#version}-${label}`);
    const homeFlags = [`-Duser.home=${home}`, `-Drocketmq.home.dir=${home}`, `-Drocketmq.client.logRoot=${home}`];
    return [...lightJvm, ...homeFlags, ...flags, '-cp', classPath(this.#repository, this.#version, scope)];
  }

  async #checks(label: string, flags: readonly string[], names: readonly string[]): Promise<void> {
    const masters = `-Dledgermq.masters=${this.#group.brokerNames.length}`;
    const java = this.#java(label, 'client', [masters, ...flags]);
    const args = ['ledgermq.conformance.Main', this.#group.nameServer, `${this.#run}${label}`, ...names];
    reportTap(this.#report, `java ${this.#version} ${label}`, await run('java', [...java, ...args], checksTimeoutMs));
  }

  async #mqadmin(): Promise<void> {
    // 4.9 refuses to start without this file, which stands in RocketMQ's distribution.
    const conf = join(this.#group.clientHome(`java-${this.#version}-mqadmin`), 'conf');
    mkdirSync(conf, { recursive: true });
    writeFileSync(join(conf, 'logback_tools.xml'), '<configuration><root level="OFF"/></configuration>\n');
    const group = `online-${this.#run}`;
    const topic = `quickstart-${this.#run}json-TopicTest`;
    const java = this.#java('online', 'client', []);
    const online = new Child('java', [...java, 'ledgermq.conformance.Online', this.#group.nameServer, topic, group]);
    try {
      if (!(await online.printed(/^READY$/m, 40_000))) {
        return this.#report.fail(`mqadmin ${this.#version}: a consumer is online`, tail(online.output));
      }
      const context: AdminContext = {
        version: this.#version,
        run: this.#run,
        group: this.#group,
        stock: this.#group.stock,
        onlineGroup: group,
        command: (args) => this.#adminCommand(args),
      };
      for (const check of adminChecks) {
        this.#report.check(`mqadmin ${this.#version}: ${check.name}`, await check.run(context));
      }
    } finally {
      online.closeInput();
      await online.within(10_000);
    }
  }

  #adminCommand(args: readonly string[]): Promise<Ended> {
    const java = this.#java('mqadmin', 'runtime', []);
    const main = 'org.apache.rocketmq.tools.command.MQAdminStartup';
    return run('java', [...java, main, ...args, '-n', this.#group.nameServer], adminTimeoutMs);
  }

  /** How long an unmodified client with all its defaults cannot send after the leader's process was killed; `supervised`: and at once started again. */
  async #outage({ supervised }: { readonly supervised: boolean }): Promise<void> {
    const name = `java ${this.#version}: outage after a kill of the leader${supervised ? ', which a supervisor starts again' : ''}`;
    if (!this.#group.elects) return this.#report.note(`${name}: LEFT OUT, no broker takes the place of another`);
    const java = this.#java(supervised ? 'supervised' : 'outage', 'client', []);
    const args = [
      'ledgermq.conformance.Outage',
      this.#group.nameServer,
      `${this.#run}outage${supervised ? '-supervised' : ''}`,
    ];
    const sender = new Child('java', [...java, ...args]);
    try {
      if (!(await sender.printed(/^READY$/m, 30_000))) return this.#report.fail(name, tail(sender.output));
      const address = await this.#group.killMaster();
      sender.tell(address);
      if (supervised) await this.#group.restart(address);
      const ended = await sender.within(outageTimeoutMs);
      const line = ended.output.split('\n').find((each) => each.startsWith('{'));
      if (line === undefined) return this.#report.fail(name, tail(ended.output));
      this.#judgeOutage(name, JSON.parse(line) as OutageResult);
    } finally {
      sender.kill('SIGKILL');
    }
  }

  #judgeOutage(name: string, result: OutageResult): void {
    const spans = result.windows.map(({ fromMs, toMs }) => `${toMs - fromMs} ms`);
    const what = `${result.attempts} attempts, ${result.acknowledged} acknowledged, ${result.lost} lost, ${result.repeated} stored more than once`;
    this.#report.note(
      `${name}: sends failed for ${spans.join(' + ') || '0 ms'} (${what}; ${JSON.stringify(result.reasons)})`,
    );
    this.#report.check(name, [
      ...(result.recovered ? [] : ['sends did not succeed again within 90 s']),
      ...(result.lost === 0 ? [] : [`${result.lost} acknowledged messages are not in the queues`]),
    ]);
  }
}

type OutageResult = {
  readonly attempts: number;
  readonly acknowledged: number;
  readonly recovered: boolean;
  readonly windows: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly reasons: Readonly<Record<string, number>>;
  readonly lost: number;
  readonly repeated: number;
};
