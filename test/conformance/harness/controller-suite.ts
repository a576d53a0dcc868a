import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.ts';
import { ControllerGroup } from './controller-group.ts';
import type { Programs } from './group.ts';
import { classPath, resolveJava } from './maven.ts';
import { masterAddress } from './remoting.ts';
import type { Report } from './report.ts';
import { reportTap, tail } from './tap.ts';

const version = '5.3.3';
const adminTimeoutMs = 30_000;
const settleTimeoutMs = 40_000;
const checksTimeoutMs = 120_000;
const flags = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Dfile.encoding=UTF-8'];

/** What `getSyncStateSet` printed. */
type SetShown = {
  readonly master: string;
  readonly epoch: number;
  readonly inSync: readonly string[];
  readonly others: readonly string[];
};

/** RocketMQ's own mqadmin, and brokers in Controller mode, against our controller. */
export class ControllerSuite {
  readonly #repository: string;
  readonly #group: ControllerGroup;
  readonly #report: Report;
  readonly #whose: string;

  private constructor(repository: string, group: ControllerGroup, report: Report, whose: string) {
    this.#repository = repository;
    this.#group = group;
    this.#report = report;
    this.#whose = whose;
  }

  /** `whose`: of whom the brokers are, for the names of the checks. */
  static async run(
    repository: string,
    nameServer: readonly string[],
    brokers: Programs,
    whose: string,
    report: Report,
  ): Promise<void> {
    await resolveJava(repository, version, true);
    const group = await ControllerGroup.start(nameServer, brokers);
    try {
      await new ControllerSuite(repository, group, report, whose).#checks();
    } finally {
      await group.stop();
    }
  }

  async #checks(): Promise<void> {
    const { controller, brokerAddresses } = this.#group;
    await this.#expect(
      'getControllerMetaData',
      ['-a', controller],
      [
        /^#ControllerGroup\tgroup1$/m,
        /^#ControllerLeaderId\tn0$/m,
        new RegExp(`^#ControllerLeaderAddress\t${controller}$`, 'm'),
        new RegExp(`^#Peer:\tn0:${controller}$`, 'm'),
      ],
    );
    const first = await this.#untilSet('both brokers are in the SyncStateSet', ({ inSync }) => inSync.length === 2);
    if (first === undefined) return;
    await this.#quickstart('before');
    const other = brokerAddresses.find((address) => address !== first.master) ?? '';
    const id = await this.#idOf(other);
    await this.#expect(
      'electMaster',
      ['-a', controller, '-b', id, '-bn', 'broker-a', '-c', 'DefaultCluster'],
      [new RegExp(`^#BrokerMasterAddr\t${other}$`, 'm'), new RegExp(`^#MasterEpoch\t${first.epoch + 1}$`, 'm')],
    );
    await this.#untilSet('the designated master has taken both in again', (shown) => {
      return shown.master === other && shown.inSync.length === 2;
    });
    await this.#configuration();
    await this.#expect(
      'getBrokerEpoch',
      ['-b', 'broker-a'],
      [
        /^#clusterName\tDefaultCluster$/m,
        new RegExp(`^#brokerAddr\t${brokerAddresses[0]}$`, 'm'),
        new RegExp(`^#brokerAddr\t${brokerAddresses[1]}$`, 'm'),
        /^#Epoch: EpochEntry\{epoch=\d+, startOffset=\d+, endOffset=\d+\}$/m,
      ],
    );
    await this.#expect('haStatus', ['-b', other], [/^#SlaveNum\t1$/m, /^#InSyncSlaveNum\t1$/m, /\sOK\s+-?\d+\s*$/m]);
    await this.#failover(other, id);
  }

  async #configuration(): Promise<void> {
    const { controller } = this.#group;
    await this.#expect(
      'updateControllerConfig',
      ['-a', controller, '-k', 'electMasterMaxRetryCount', '-v', '4'],
      [new RegExp(`^update controller config success!\\[${controller}\\]$`, 'm'), /^electMasterMaxRetryCount : 4$/m],
    );
    await this.#expect(
      'getControllerConfig',
      ['-a', controller],
      [
        new RegExp(`^============${controller}============$`, 'm'),
        /^electMasterMaxRetryCount\s+=\s+4$/m,
        /^controllerDLegerSelfId\s+=\s+n0$/m,
      ],
    );
  }

  /** The master dies, the controller starts anew, and the dead broker is forgotten. */
  async #failover(master: string, id: string): Promise<void> {
    const { controller, brokerAddresses, nameServer } = this.#group;
    const clean = ['-a', controller, '-b', id, '-bn', 'broker-a', '-c', 'DefaultCluster'];
    await this.#expect(
      'cleanBrokerMetadata',
      clean,
      [/CODE: 2009 {2}DESC: replica \d of broker-a is alive/],
      'of a living broker',
    );
    await this.#group.kill(master);
    const heir = brokerAddresses.find((address) => address !== master) ?? '';
    const after = await this.#untilSet('the other one is master after a SIGKILL', (shown) => shown.master === heir);
    await this.#group.kill(nameServer);
    await this.#group.startNameServer();
    await this.#untilSet('a controller that was killed remembers', (shown) => {
      return shown.master === heir && shown.epoch === after?.epoch;
    });
    await this.#quickstart('after');
    await this.#expect('cleanBrokerMetadata', clean, [/^clear broker broker-a metadata from controller success! $/m]);
    await this.#untilSet('it is forgotten', ({ inSync, others }) => {
      return inSync.join() === heir && others.length === 0;
    });
  }

  /** 1,000 messages by RocketMQ's client, sent and consumed, once the name server knows a master: RocketMQ's brokers register every 30 s only. */
  async #quickstart(label: string): Promise<void> {
    const endAt = Date.now() + settleTimeoutMs;
    while ((await masterAddress(this.#group.nameServer)) === undefined && Date.now() < endAt) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const java = [...this.#java('client'), 'ledgermq.conformance.Main', this.#group.nameServer, label, 'quickstart'];
    reportTap(this.#report, `${this.#whose} ${label} the failover`, await run('java', java, checksTimeoutMs));
  }

  async #expect(command: string, args: readonly string[], patterns: readonly RegExp[], note = ''): Promise<void> {
    const { output } = await this.#admin(command, ...args);
    const missing = patterns.filter((pattern) => !pattern.test(output)).map((pattern) => `no line like ${pattern}`);
    this.#report.check(
      `mqadmin ${version}, ${this.#whose}: ${command} ${note}`.trimEnd(),
      missing.length === 0 ? [] : [...missing, tail(output, 25)],
    );
  }

  /** Asks until the set is as wanted, which is a check of its own. */
  async #untilSet(what: string, isWanted: (shown: SetShown) => boolean): Promise<SetShown | undefined> {
    const name = `getSyncStateSet, ${this.#whose}: ${what}`;
    const endAt = Date.now() + settleTimeoutMs;
    for (;;) {
      const { output } = await this.#admin('getSyncStateSet', '-a', this.#group.controller, '-b', 'broker-a');
      const shown = readSet(output);
      if (shown !== undefined && isWanted(shown)) {
        this.#report.pass(name);
        return shown;
      }
      if (Date.now() < endAt) continue;
      this.#report.fail(name, tail(output, 25));
      return undefined;
    }
  }

  async #idOf(address: string): Promise<string> {
    const { output } = await this.#admin('getSyncStateSet', '-a', this.#group.controller, '-b', 'broker-a');
    return new RegExp(`brokerId=(\\d+), brokerAddress='${address}'`).exec(output)?.[1] ?? '';
  }

  #admin(command: string, ...args: readonly string[]) {
    const main = 'org.apache.rocketmq.tools.command.MQAdminStartup';
    const java = [...this.#java('runtime'), main, command, ...args, '-n', this.#group.nameServer];
    return run('java', java, adminTimeoutMs);
  }

  #java(scope: 'client' | 'runtime'): string[] {
    const home = join(this.#group.folder, `client-${scope}`);
    mkdirSync(home, { recursive: true });
    const homes = [`-Duser.home=${home}`, `-Drocketmq.home.dir=${home}`, `-Drocketmq.client.logRoot=${home}`];
    return [...flags, ...homes, '-cp', classPath(this.#repository, version, scope)];
  }
}

function readSet(output: string): SetShown | undefined {
  const master = /^#MasterAddr\t(\S+)$/m.exec(output)?.[1];
  const epoch = /^#MasterEpoch\t(\d+)$/m.exec(output)?.[1];
  if (master === undefined || epoch === undefined) return undefined;
  const addresses = (kind: string): string[] => {
    return [...output.matchAll(new RegExp(`^${kind}:.*brokerAddress='([^']+)'`, 'gm'))].map((match) => match[1] ?? '');
  };
  return { master, epoch: Number(epoch), inSync: addresses('InSyncReplica'), others: addresses('NotInSyncReplica') };
}
