import { describe, expect, it } from 'vitest';
import { ReplicaWorld } from './replica-world.ts';
import { SetWorld } from './set-world.ts';

const HOUR_MS = 3_600_000;
const TOPIC = 'Orders';
/** Several files full of messages that are too small to be compressed. */
const [MESSAGES, BODY] = [70, 'x'.repeat(4_000)];
/** So much else is on the disk that the space which is kept free for internal records (16 MiB) stays free with less than half of it used. */
const ELSE_BYTES = 16 << 20;

/** A broker without a Controller. */
async function plain(conf: string) {
  const brokers = await SetWorld.create();
  await brokers.start('b1', `brokerRole=ASYNC_MASTER\n${conf}`);
  return { brokers, platform: brokers.platform('b1'), store: brokers.parts('b1').store };
}

/** The elected master of a set of Controller mode, alone. */
async function controlled(conf: string) {
  const brokers = await ReplicaWorld.create(conf);
  await brokers.start('b1');
  await brokers.elect('b1');
  return { brokers, platform: brokers.platform('b1'), store: brokers.broker('b1').parts.store };
}

describe.each([
  ['a broker without a Controller', plain],
  ['a broker of Controller mode', controlled],
] as const)('%s keeps its log files as its broker.conf says', (_what, start) => {
  /** A broker that was given full files at 0:00, which a recovery point covers. */
  async function filled(conf: string) {
    const { brokers, platform, store } = await start(conf);
    expect(platform.clock.localHour()).toBe(0);
    const producer = await brokers.producer();
    for (let n = 0; n < MESSAGES; n++) await brokers.world.settle(producer.send({ topic: TOPIC, body: BODY }));
    await brokers.world.run(60_000);
    const files = (): number => platform.disk.list('/store/commitlog').length;
    expect(files()).toBeGreaterThan(3);
    const { image } = platform.disk;
    /** From now on so much of the disk is used, percent. */
    const use = (percent: number): void => {
      image.put('/else', Buffer.alloc(ELSE_BYTES));
      image.capacityBytes = (image.allocatedBytes * 100) / percent;
    };
    return { brokers, platform, store, files, use };
  }

  it.each([
    // fileReservedTime, 72 hours; the hour is that of deleteWhen, 4.
    ['', 28, 0, 'stay'],
    ['', 76, 0, 'go'],
    ['fileReservedTime=24', 28, 0, 'go'],
    ['fileReservedTime=96', 76, 0, 'stay'],
    // deleteWhen, 04; all are expired.
    ['', 88, 0, 'stay'],
    ['deleteWhen=02;16;23', 76, 0, 'stay'],
    ['deleteWhen=02;16;23', 74, 0, 'go'],
    ['deleteWhen=02;16;23', 88, 0, 'go'],
    ['deleteWhen=02;16;23', 95, 0, 'go'],
    // diskMaxUsedSpaceRatio, 75; all are expired, and it is no hour of deleteWhen.
    ['', 80, 70, 'stay'],
    ['', 80, 80, 'go'],
    ['diskMaxUsedSpaceRatio=60', 80, 70, 'go'],
    // diskSpaceCleanForciblyRatio, 85, and cleanFileForciblyEnable; none is expired.
    ['', 1, 80, 'stay'],
    ['', 1, 87, 'go'],
    ['diskSpaceCleanForciblyRatio=78', 1, 80, 'go'],
    ['cleanFileForciblyEnable=false', 1, 87, 'stay'],
  ] as const)(
    'with "%s", when they are %i hours old and %i percent of the disk are used: they %s',
    async (conf, hours, used, fate) => {
      const { brokers, platform, files, use } = await filled(conf);
      const before = files();
      platform.clock.wallOffsetMs += hours * HOUR_MS;
      if (used > 0) use(used);
      // More than cleanResourceInterval.
      await brokers.world.run(11_000);
      expect(platform.clock.localHour()).toBe(hours % 24);
      if (fate === 'stay') expect(files()).toBe(before);
      else expect(files()).toBeLessThan(before);
      expect(brokers.fatal).toEqual([]);
    },
  );

  it.each([
    ['', 40, undefined],
    ['diskSpaceWarningLevelRatio=35', 40, 'disk-full'],
    ['diskSpaceWarningLevelRatio=45', 40, undefined],
  ] as const)(
    'with "%s", when %i percent of the disk are used: it refuses messages as %s',
    async (conf, used, refusal) => {
      const { brokers, store, use } = await filled(conf);
      use(used);
      await brokers.world.run(2_000);
      expect(store.refusal()?.status).toBe(refusal);
    },
  );
});
