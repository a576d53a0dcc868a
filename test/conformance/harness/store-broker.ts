import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './child.ts';
import type { Programs } from './group.ts';
import { freePortBase } from './ports.ts';
import { tail } from './tap.ts';

const bootTimeoutMs = 60_000;
const stopGraceMs = 30_000;

/** How a broker leaves its directory: closed in order, or with the abort file and whatever its memory held. */
export type Ending = 'clean' | 'killed';

/** Small files, so that a few hundred messages roll each kind; both brokers read the same keys. */
const fileSizes = {
  mappedFileSizeCommitLog: '131072',
  mappedFileSizeConsumeQueue: '2000',
  maxHashSlotNum: '200',
  maxIndexNum: '300',
};

const logback = (file: string) => `<configuration>
  <appender name="file" class="ch.qos.logback.core.FileAppender">
    <file>${file}</file>
    <encoder><pattern>%d %p %m%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="file"/></root>
</configuration>
`;

/** One broker without a name server, ours or RocketMQ's, on a store directory that several use one after the other. */
export class StoreBroker {
  readonly address: string;
  readonly #child: Child;

  private constructor(address: string, child: Child) {
    this.address = address;
    this.#child = child;
  }

  /** `name` tells the runs of one folder apart. */
  static async start(programs: Programs, folder: string, name: string): Promise<StoreBroker> {
    const base = await freePortBase([-2, 0, 1, 5]);
    const store = join(folder, 'store');
    const home = join(folder, `home-${name}`);
    mkdirSync(join(home, 'conf'), { recursive: true });
    // 4.9 refuses to start without this file, which stands in RocketMQ's distribution.
    writeFileSync(join(home, 'conf/logback_broker.xml'), logback(join(folder, `${name}.log`)));
    const settings = {
      ...fileSizes,
      brokerName: 'broker-a',
      brokerId: '0',
      brokerIP1: '127.0.0.1',
      listenPort: String(base),
      storePathRootDir: store,
      storePathCommitLog: join(store, 'commitlog'),
      autoCreateTopicEnable: 'false',
      cleanFileForciblyEnable: 'false',
      timerWheelEnable: 'false',
      waitTimeMillsInSendQueue: '5000',
    };
    const conf = join(folder, `${name}.conf`);
    writeFileSync(
      conf,
      Object.entries(settings)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
    const [command = '', ...args] = programs.broker.map((each) => each.replace('{home}', home));
    const child = new Child(command, [...args, '-c', conf], {
      cwd: folder,
      logFile: join(folder, `${name}.out`),
      environment: { ...programs.environment, LEDGERMQ_RUN_DIR: join(folder, 'run') },
    });
    if (await child.printed(/boot success/, bootTimeoutMs)) return new StoreBroker(`127.0.0.1:${base}`, child);
    child.kill('SIGKILL');
    await child.ended;
    throw new Error(`${name} did not start on the directory:\n${tail(child.output)}`);
  }

  async end(how: Ending): Promise<void> {
    if (!this.#child.alive) throw new Error(`the broker had ended by itself:\n${tail(this.#child.output)}`);
    this.#child.kill(how === 'clean' ? 'SIGTERM' : 'SIGKILL');
    const ended = await this.#child.within(stopGraceMs);
    if (ended.timedOut) throw new Error(`the broker did not stop within ${stopGraceMs} ms:\n${tail(ended.output)}`);
  }
}
