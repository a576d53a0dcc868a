import { describe, expect, test } from 'vitest';
import { writeInt64 } from '../../src/base/bytes.ts';
import { readWriteLimit } from '../../src/store/write-limit.ts';
import type { VirtualPlatform } from '../support/virtual-platform.ts';
import { VirtualWorld } from '../support/virtual-platform.ts';
import { decode, point, refusalOf, TINY, texts } from './native-support.ts';
import { close, goldenStore, message, putNow, ROOT, readQueue, SMALL, startStore, unpack, Waiting } from './support.ts';

const FIRST_FILE = `${ROOT}/commitlog/${'0'.repeat(20)}`;
const bodies = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `${from + i}`);

function overwrite(platform: VirtualPlatform, path: string, position: number, bytes: Uint8Array): void {
  const file = platform.disk.open(path, { create: false });
  file.writeSync(bytes, position);
  file.close();
}

/** Ten messages in a log, the recovery point behind the first five; then a kill. Gives the position of each. */
function killed(world: VirtualWorld, options = SMALL): { platform: VirtualPlatform; positions: number[]; end: number } {
  const platform = world.start('a');
  const native = startStore(platform, options);
  const positions: number[] = [];
  for (const body of bodies(10)) {
    const put = message('T', 0, body, { UNIQ_KEY: `u${body}` });
    putNow(platform, native.store, put);
    positions.push(put.position);
    if (body === '4') point(platform, native);
  }
  const end = native.store.endPosition;
  platform.crash();
  return { platform: world.start('a'), positions, end };
}

describe('a torn last write', () => {
  test('is cut wherever a kill stopped it, and nothing else', () => {
    const size = sizeOfLast();
    for (let written = 0; written <= size; written++) {
      const world = new VirtualWorld(written);
      const platform = world.start('a');
      const native = startStore(platform, TINY);
      for (const body of bodies(5)) putNow(platform, native.store, message('T', 0, body));
      const waiting = new Waiting();
      native.store.put(message('T', 0, '5'), waiting);
      world.runTurn();
      platform.crash({ inFlightBytes: written });
      const again = world.start('a');
      const { store } = startStore(again, TINY);
      const kept = texts(readQueue(again, store, 'T', 0));
      expect(kept.slice(0, 5), String(written)).toEqual(bodies(5));
      expect(kept.length === 6 || waiting.outcome === undefined, String(written)).toBe(true);
      putNow(again, store, message('T', 0, 'next'));
      expect(store.maxOffset('T', 0)).toBe(kept.length + 1);
    }
  });

  function sizeOfLast(): number {
    const world = new VirtualWorld(1);
    const { positions } = killed(world);
    return positions[9]! - positions[8]!;
  }

  test('of a stock broker that was killed is cut at every byte, with the queues it had dispatched already', () => {
    const golden = goldenStore('4.9.5');
    const last = golden.messages.reduce((a, b) => (a.commitLogOffset > b.commitLogOffset ? a : b));
    const nearEnds = (kept: number) => kept < 12 || kept > last.storeSize - 30;
    for (let kept = 0; kept <= last.storeSize; kept += nearEnds(kept) ? 1 : 6) {
      const world = new VirtualWorld(kept);
      const platform = world.start('a');
      unpack(golden, platform.disk, (path) => path !== 'checkpoint');
      platform.disk.replaceFile(`${ROOT}/abort`, Buffer.from(''));
      overwrite(platform, FIRST_FILE, last.commitLogOffset + kept, Buffer.alloc(last.storeSize - kept));
      const native = startStore(platform);
      const whole = native.store.endPosition === last.commitLogOffset + last.storeSize;
      if (!whole) expect(native.store.endPosition, String(kept)).toBe(last.commitLogOffset);
      expect(native.store.maxOffset(last.topic, last.queueId), String(kept)).toBe(last.queueOffset + (whole ? 1 : 0));
      expect(whole, String(kept)).toBe(kept === last.storeSize);
    }
  });
});

describe('records of a later format at the end of a killed log', () => {
  /** The log of `killed` with a changed byte of the last two magics, 0xdaa320a7 before. */
  function later(lastByte: number, world = new VirtualWorld(1)) {
    const left = killed(world);
    for (const position of left.positions.slice(8))
      overwrite(left.platform, FIRST_FILE, position + 7, Buffer.from([lastByte]));
    return { ...left, at: left.positions[8]!, content: () => world.disk('a').contentOf(FIRST_FILE)! };
  }

  test.for([SMALL, { ...SMALL, cutHole: () => {} }])(
    'are no torn write: they stay, and the start is refused',
    (options) => {
      const { platform, at, content } = later(0xaf);
      const before = Buffer.from(content());
      expect(refusalOf(platform, options)).toBe(
        `${FIRST_FILE} holds messages in a format that this version does not know, from position ${at} on (magic 0xdaa320af): a later version wrote them. Nothing was changed; start the version that wrote them`,
      );
      expect(content().equals(before)).toBe(true);
    },
  );

  test('are read by the version that knows them, and go by order alone', () => {
    const { platform, positions } = later(0xaf);
    refusalOf(platform, SMALL);
    for (const position of positions.slice(8)) overwrite(platform, FIRST_FILE, position + 7, Buffer.from([0xa7]));
    const native = startStore(platform);
    expect(native.store.maxOffset('T', 0)).toBe(10);
    const ordered = later(0xaf);
    expect(startStore(ordered.platform, { ...SMALL, cutAt: ordered.at }).store.endPosition).toBe(ordered.at);
  });

  test.each([
    ['a magic that was not written to its end', 0, 7, [0]],
    ['another body than the checksum is of', 0xaf, 88, [0x3f]],
    ['another place', 0xaf, 35, [1]],
    ['a size that does not fit', 0xaf, 0, [0x7f]],
    ['a magic of nobody', 0xaf, 4, [1]],
  ])('are not taken from %s: that is cut', (_, lastByte, field, bytes) => {
    const { platform, at, positions } = later(lastByte);
    for (const position of positions.slice(8)) overwrite(platform, FIRST_FILE, position + field, Buffer.from(bytes));
    expect(startStore(platform).store.endPosition).toBe(at);
  });

  test('are not taken from a damaged record with whole ones behind it', () => {
    const { platform, positions } = killed(new VirtualWorld(1));
    overwrite(platform, FIRST_FILE, positions[7]! + 7, Buffer.from([0xaf]));
    expect(refusalOf(platform, SMALL)).toContain(`is damaged at position ${positions[7]}: intact data follows`);
  });

  test('are not taken from the first bytes of the very first record', () => {
    const world = new VirtualWorld(1);
    const { positions } = killed(world);
    const record = Buffer.from(world.disk('a').contentOf(FIRST_FILE)!.subarray(0, positions[1]));
    for (let kept = 0; kept < 12; kept++) {
      const platform = new VirtualWorld(kept).start('a');
      platform.disk.makeDirectory(`${ROOT}/commitlog`);
      platform.disk.replaceFile(FIRST_FILE, Buffer.concat([record.subarray(0, kept)], SMALL.segmentBytes));
      platform.disk.replaceFile(`${ROOT}/abort`, Buffer.alloc(0));
      expect(startStore(platform).store.endPosition, String(kept)).toBe(0);
    }
  });
});

describe('how far a start after a kill looks for what survived', () => {
  const options = { ...SMALL, writeAheadBytes: 4_096 };
  const limitOf = (platform: VirtualPlatform) => readWriteLimit(platform, `${ROOT}/abort`) ?? 0;

  test('everything that was ever written lies below the limit, at any moment', () => {
    const world = new VirtualWorld(1);
    const platform = world.start('a');
    const native = startStore(platform, options);
    for (const body of bodies(200)) {
      putNow(platform, native.store, message('T', 0, body.repeat(100)));
      expect(native.store.endPosition).toBeLessThanOrEqual(limitOf(platform));
    }
    expect(limitOf(platform) - native.store.endPosition).toBeLessThanOrEqual(4_096);
    expect(native.store.endPosition).toBeGreaterThan(3 * 4_096);
  });

  test('what stands behind the limit is not looked at, what stands below it is', () => {
    for (const behind of [false, true]) {
      const world = new VirtualWorld(1);
      const { platform, positions, end } = killed(world, options);
      const [first = 0, second = 0] = positions;
      const record = Buffer.from(world.disk('a').contentOf(FIRST_FILE)!.subarray(first, second));
      const place = behind ? limitOf(platform) + 10 : end + 10;
      writeInt64(record, place, 28);
      overwrite(platform, FIRST_FILE, place, record);
      if (behind) expect(startStore(platform, options).store.endPosition).toBe(end);
      else expect(refusalOf(platform, options)).toMatch(/intact data follows at position/);
    }
  });

  test('a limit that somebody else has written past is of no use', () => {
    const world = new VirtualWorld(1);
    const { platform, end } = killed(world, options);
    platform.disk.replaceFile(`${ROOT}/abort`, Buffer.from(`1\n${end - 1}\n`));
    const record = Buffer.from(world.disk('a').contentOf(FIRST_FILE)!.subarray(0, 200));
    writeInt64(record, end + 9_000, 28);
    overwrite(platform, FIRST_FILE, end + 9_000, record);
    expect(refusalOf(platform, options)).toMatch(/intact data follows at position/);
  });
});

describe('damage that no torn write explains', () => {
  test('in the last record is refused where a checkpoint of RocketMQ says that it was fsynced', () => {
    const golden = goldenStore('5.3.3');
    const last = golden.messages.reduce((a, b) => (a.commitLogOffset > b.commitLogOffset ? a : b));
    const world = new VirtualWorld(1);
    const platform = world.start('a');
    unpack(golden, platform.disk);
    platform.disk.replaceFile(`${ROOT}/abort`, Buffer.from('1'));
    const checkpoint = Buffer.alloc(4096);
    writeInt64(checkpoint, last.storeTimestamp, 0);
    platform.disk.replaceFile(`${ROOT}/checkpoint`, checkpoint);
    overwrite(platform, FIRST_FILE, last.commitLogOffset, Buffer.alloc(last.storeSize));
    const sentence = refusalOf(platform, SMALL);
    expect(sentence).toContain(`stored at`);
    expect(sentence).toContain(`--cut-at ${last.commitLogOffset}`);
    const native = startStore(platform, { ...SMALL, cutAt: last.commitLogOffset });
    expect(native.store.endPosition).toBe(last.commitLogOffset);
  });

  test('in Controller mode is given up with the store, and never by --cut-at', () => {
    const world = new VirtualWorld(1);
    const { platform, positions } = killed(world);
    overwrite(platform, FIRST_FILE, positions[2]! + 88, Buffer.from('?'));
    close(platform, startStore(platform));
    platform.disk.removeTree(`${ROOT}/consumequeue`);
    const controlled = { ...SMALL, cutHole: () => {} };
    expect(() => startStore(platform, controlled)).toThrow(
      /is damaged at position \d+; to give up everything from there on, start it with an empty storePathRootDir while another broker of its set is the master, and it fetches everything from there$/,
    );
    platform.crash();
    const next = world.start('a');
    next.disk.removeTree(`${ROOT}/commitlog`);
    expect(refusalOf(next, controlled)).toMatch(/files of it are missing; .*: start it with an empty storePathRootDir/);
  });

  test('below the recovery point is found when the queues have to be built anew; an order cuts there', () => {
    const world = new VirtualWorld(1);
    const { platform, positions } = killed(world);
    overwrite(platform, FIRST_FILE, positions[2]! + 88, Buffer.from('?'));
    // Read by nobody at a start from the point.
    const native = startStore(platform);
    expect(native.store.maxOffset('T', 0)).toBe(10);
    close(platform, native);
    platform.disk.removeTree(`${ROOT}/consumequeue`);
    expect(() => startStore(platform)).toThrow(
      `${FIRST_FILE} is damaged at position ${positions[2]}; to give up everything from there on, start once with --cut-at ${positions[2]}`,
    );
    platform.crash();
    const next = world.start('a');
    const cut = startStore(next, { ...SMALL, cutAt: positions[2]! });
    expect(texts(readQueue(next, cut.store, 'T', 0))).toEqual(['0', '1']);
    putNow(next, cut.store, message('T', 0, 'on'));
    next.crash();
    const last = world.start('a');
    const { store } = startStore(last);
    expect(texts(readQueue(last, store, 'T', 0))).toEqual(['0', '1', 'on']);
  });

  test('an order for a place that is not damaged changes nothing', () => {
    const { platform, positions, end } = killed(new VirtualWorld(1));
    expect(refusalOf(platform, { ...SMALL, cutAt: positions[7]! })).toBe(
      `--cut-at ${positions[7]}: the commit log is not damaged there, it can be read up to position ${end}; nothing was changed, start without it to see what is wrong`,
    );
    expect(texts(readQueue(platform, startStore(platform).store, 'T', 0))).toEqual(bodies(10));
  });

  test('a log that another program cut below the point is refused, not taken for one with a hole', () => {
    const { platform, positions, end } = killed(new VirtualWorld(1));
    overwrite(platform, FIRST_FILE, positions[3]!, Buffer.alloc(end - positions[3]!));
    const sentence = refusalOf(platform, SMALL);
    expect(sentence).toContain(`damaged at position ${positions[3]}: it was fsynced up to position ${positions[5]}`);
    const { store } = startStore(platform, { ...SMALL, cutAt: positions[3]! });
    expect(texts(readQueue(platform, store, 'T', 0))).toEqual(bodies(3));
  });

  test('files that are missing at the end can be given up by order', () => {
    const world = new VirtualWorld(1);
    let platform = world.start('a');
    const native = startStore(platform, TINY);
    for (const body of bodies(60)) putNow(platform, native.store, message('T', 0, body + 'x'.repeat(100)));
    point(platform, native);
    platform.crash();
    platform = world.start('a');
    for (const name of platform.disk.list(`${ROOT}/commitlog`).slice(1))
      platform.disk.remove(`${ROOT}/commitlog/${name}`);
    const place = Number(/--cut-at (\d+)$/.exec(refusalOf(platform))?.[1]);
    const { store } = startStore(platform, { ...TINY, cutAt: place });
    const kept = readQueue(platform, store, 'T', 0);
    expect(kept.length).toBeGreaterThan(10);
    const end = decode(kept.at(-1)!).position + kept.at(-1)!.length;
    expect([end <= place, end > place - 300]).toEqual([true, true]);
  });
});

test('a recovery point that lies before the oldest file (RocketMQ ran here and removed files) is left aside', () => {
  const world = new VirtualWorld(1);
  let platform = world.start('a');
  let native = startStore(platform, TINY);
  for (let i = 0; i < 3; i++) putNow(platform, native.store, message('Idle', 1, `${i}`));
  point(platform, native);
  for (const body of bodies(80)) putNow(platform, native.store, message('T', 0, body + 'x'.repeat(200)));
  platform.crash();
  platform = world.start('a');
  for (const name of platform.disk.list(`${ROOT}/commitlog`).slice(0, 3))
    platform.disk.remove(`${ROOT}/commitlog/${name}`);
  native = startStore(platform, TINY);
  const kept = readQueue(platform, native.store, 'T', 0);
  expect(kept.length).toBeGreaterThan(10);
  expect(decode(kept[0]!).position).toBeGreaterThanOrEqual(3 * 4096);
  expect(native.store.maxOffset('T', 0)).toBe(80);
  expect([native.store.minOffset('Idle', 1), native.store.maxOffset('Idle', 1)]).toEqual([3, 3]);
});

test('the directory of a group member is refused with the way to go', () => {
  const platform = new VirtualWorld(1).start('a');
  platform.disk.makeDirectory(`${ROOT}/dledger-n0/data`);
  expect(refusalOf(platform)).toContain(`belongs to a member of a DLedger group (${ROOT}/dledger-n0)`);
  expect(platform.disk.list(`${ROOT}/commitlog`)).toEqual([]);
});

test('and so it is with a native log beside the member, of which the messages in the group would be forgotten', () => {
  const world = new VirtualWorld(1);
  let platform = world.start('a');
  const native = startStore(platform, TINY);
  putNow(platform, native.store, message('T', 0, 'old'));
  platform.crash();
  platform = world.start('a');
  platform.disk.makeDirectory(`${ROOT}/dledger-n0/data`);
  const commitLog = () => platform.disk.readFile(FIRST_FILE);
  const before = commitLog();
  expect(before?.includes('old')).toBe(true);
  expect(refusalOf(platform)).toMatch(/belongs to a member of a DLedger group .*Nothing was changed$/);
  expect(commitLog()).toEqual(before);
});
