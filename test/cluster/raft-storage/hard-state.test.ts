import { describe, expect, it } from 'vitest';
import {
  freshRecord,
  HardStateFile,
  type HardStateRead,
  readHardState,
} from '../../../cluster/raft-storage/hard-state.ts';
import {
  bootIdHex,
  decodeSlot,
  encodeSlot,
  type HardStateRecord,
  slotBytes,
} from '../../../cluster/raft-storage/hard-state-codec.ts';
import { createVirtualPlatform, type VirtualPlatform, VirtualWorld } from '../../support/virtual-platform.ts';

const name = { memberId: 'n1', groupName: 'RaftNode00' };
const path = '/store/hardstate';

function begun(platform: VirtualPlatform, more: Partial<HardStateRecord> = {}): HardStateFile {
  platform.disk.makeDirectory('/store');
  const read = readHardState(platform.disk, path, name);
  const record = { ...(read.kind === 'ok' ? read.record : freshRecord(name)), ...more };
  return HardStateFile.begin(platform.disk, path, record, read.kind === 'ok' ? read.slot : undefined);
}

function read(platform: VirtualPlatform): HardStateRead {
  return readHardState(platform.disk, path, name);
}

function termAndVote(result: HardStateRead): unknown {
  return result.kind === 'ok' ? [result.record.term, result.record.vote] : result.kind;
}

function save(platform: VirtualPlatform, file: HardStateFile, term: number, vote: string): string {
  let result = '';
  file.save({ term, vote, fresh: false }, (error) => {
    result = error?.code ?? 'ok';
  });
  platform.world.runUntil(() => result !== '');
  return result;
}

describe('the slot', () => {
  it('keeps every field, and what a later version added', () => {
    const other = Buffer.from([0, 9, 0, 2, 7, 7]);
    const record: HardStateRecord = {
      ...name,
      sequence: 9,
      term: 2 ** 40,
      vote: 'n2',
      incarnation: 77,
      groupId: 'ab'.repeat(16),
      bootId: '01'.repeat(16),
      inDoubt: true,
      doubtReason: 4,
      cleanStop: true,
      asyncAcks: true,
      syncAcks: true,
      ioError: true,
      firstWrotePosition: 123_456,
      firstWroteIndex: 204,
      cleanIndex: 5,
      cleanTerm: 6,
      cleanChainCrc: 0xffff_fffe,
      peerStarts: new Map([
        ['n0', { incarnation: 3, nonce: '' }],
        ['n2', { incarnation: 2 ** 33, nonce: '0123456789abcdef' }],
      ]),
      syncedMark: { index: 2 ** 35, endPosition: 2 ** 45 },
      otherExtensions: other,
    };
    expect(decodeSlot(encodeSlot(record))).toEqual({ kind: 'ok', record });
  });

  it('stands where FORMATS.md says', () => {
    const slot = encodeSlot({ ...freshRecord(name), sequence: 1, term: 5, vote: 'n0', inDoubt: true, asyncAcks: true });
    expect(slot.toString('latin1', 0, 8)).toBe('LMQHARD1');
    expect([slot.readUInt16BE(8), slot.readUInt32BE(12), slot.readUInt32BE(20), slot.readUInt32BE(28)]).toEqual([
      1, 5, 1, 5,
    ]);
    expect([slot.toString('utf8', 130, 132), slot.toString('utf8', 386, 388), slot.toString('utf8', 642, 652)]).toEqual(
      ['n0', 'n1', 'RaftNode00'],
    );
  });

  it('refuses a later format, and an extension that must be understood, instead of ignoring them', () => {
    const later = encodeSlot(freshRecord(name));
    later.writeUInt16BE(2, 8);
    const mandatory = encodeSlot({ ...freshRecord(name), otherExtensions: Buffer.from([0x80, 1, 0, 0]) });
    for (const [slot, text] of [[later, /version is 2.*knows 1/] as const, [mandatory, /type 32769/] as const]) {
      const platform = createVirtualPlatform();
      // The later version has a valid checksum of its own.
      const file = Buffer.concat([reseal(slot), Buffer.alloc(slotBytes)]);
      platform.disk.image.put(path, file);
      const result = read(platform);
      expect(result.kind === 'refused' && result.message).toMatch(text);
    }
  });
});

function reseal(slot: Buffer): Buffer {
  const fresh = Buffer.from(slot);
  const { crc32 } = process.getBuiltinModule('node:zlib');
  fresh.writeUInt32BE(crc32(fresh.subarray(0, slotBytes - 4)), slotBytes - 4);
  return fresh;
}

describe('the file', () => {
  it('is absent, then begun, then holds the last save', () => {
    const platform = createVirtualPlatform();
    expect(read(platform).kind).toBe('absent');
    const file = begun(platform);
    expect(termAndVote(read(platform))).toEqual([0, '']);
    expect(save(platform, file, 3, 'n2')).toBe('ok');
    expect(save(platform, file, 4, '')).toBe('ok');
    expect(termAndVote(read(platform))).toEqual([4, '']);
    expect(platform.disk.readFile(path)?.length).toBe(8192);
  });

  it('survives a torn write of either slot at every length with the state before it', () => {
    for (let written = 0; written < slotBytes; written++) {
      for (const saves of [1, 2]) {
        const world = new VirtualWorld(written);
        const platform = world.start('a');
        const file = begun(platform);
        for (let term = 1; term <= saves; term++) save(platform, file, term, 'n0');
        file.save({ term: 9, vote: 'n2', fresh: false }, () => expect.fail('the write did not complete'));
        platform.crash({ inFlightBytes: written });
        expect(termAndVote(read(world.start('a')))).toEqual([saves, 'n0']);
      }
    }
  });

  it('is not done before the fsync: a power failure takes back what was not', () => {
    const world = new VirtualWorld();
    const platform = world.start('a');
    const file = begun(platform);
    save(platform, file, 1, 'n0');
    let done = false;
    file.save({ term: 2, vote: 'n2', fresh: false }, () => {
      done = true;
    });
    while (!done) {
      expect(world.runTurn()).toBe(true);
      if (done) break;
    }
    file.save({ term: 3, vote: '', fresh: false }, () => undefined);
    world.runTurn();
    platform.crash({ machine: true, unsynced: 'lost' });
    expect(termAndVote(read(world.start('a')))).toEqual([2, 'n2']);
  });

  it('has the same in the other slot when bits flip in one, and is never taken for new when both are bad', () => {
    for (let bit = 0; bit < 40; bit++) {
      const platform = createVirtualPlatform(bit);
      const file = begun(platform);
      save(platform, file, 1, 'n0');
      save(platform, file, 2, 'n2');
      // The same goes to the other slot once nothing else is to be written.
      while (platform.world.runTurn());
      const newest = readSlot(platform);
      platform.disk.image.rot(path, newest * slotBytes + bit * 102, 1 << (bit % 8));
      expect(termAndVote(read(platform))).toEqual([2, 'n2']);
      platform.disk.image.rot(path, (1 - newest) * slotBytes + bit * 99, 1 << (bit % 8));
      const result = read(platform);
      expect(result.kind === 'unreadable' && result.message).toBe(
        '/store/hardstate is unreadable: neither of its two slots is intact',
      );
    }
  });

  it.each([
    ['first', 1],
    ['later', 2],
  ])(
    'has what a %s start says of itself in both slots, fsynced: the one that rots takes nothing back',
    (_which, starts) => {
      const world = new VirtualWorld();
      for (let incarnation = 1; incarnation <= starts; incarnation++) {
        const bootId = `0${incarnation}`.repeat(16);
        const platform = world.start('a');
        begun(platform, { incarnation, bootId, inDoubt: true, doubtReason: 5 });
        platform.crash({ machine: true, unsynced: 'lost' });
      }
      const platform = world.start('a');
      world.disk('a').rot(path, readSlot(platform) * slotBytes + 40);
      const result = read(platform);
      expect(result.kind === 'ok' && result.record).toMatchObject({
        incarnation: starts,
        bootId: `0${starts}`.repeat(16),
        inDoubt: true,
        doubtReason: 5,
      });
    },
  );

  function readSlot(platform: VirtualPlatform): number {
    const result = read(platform);
    return result.kind === 'ok' ? result.slot : -1;
  }

  it('does not choose between two slots of one sequence', () => {
    const platform = createVirtualPlatform();
    const slot = encodeSlot({ ...freshRecord(name), sequence: 4 });
    platform.disk.image.put(path, Buffer.concat([slot, slot]));
    expect(read(platform)).toMatchObject({ kind: 'unreadable' });
    // Neither may win against what is written from now on.
    begun(platform, { term: 8 });
    expect(termAndVote(read(platform))).toEqual([8, '']);
  });

  it("refuses another member's or group's file with both names", () => {
    const platform = createVirtualPlatform();
    begun(platform);
    const asOther = readHardState(platform.disk, path, { ...name, memberId: 'n2' });
    expect(asOther.kind === 'refused' && asOther.message).toMatch(/belongs to dLegerSelfId n1, but dLegerSelfId is n2/);
    const inOther = readHardState(platform.disk, path, { ...name, groupName: 'Other' });
    expect(inOther.kind === 'refused' && inOther.message).toMatch(/dLegerGroup RaftNode00, but dLegerGroup is Other/);
  });

  it('puts changes that come during a write into the next one, and tells each when it is durable', () => {
    const platform = createVirtualPlatform();
    const file = begun(platform);
    const before = platform.disk.image.writeCount;
    const done: string[] = [];
    file.save({ term: 5, vote: 'n0', fresh: false }, () => done.push('vote'));
    file.saveGroupId('cd'.repeat(16), () => done.push('group'));
    const start = { incarnation: 12, nonce: '00112233445566ff' };
    file.savePeerStart('n2', start, () => done.push('peer'));
    file.saveFlushMode(true, () => done.push('mode'));
    platform.world.runUntil(() => done.length === 4);
    expect([done, platform.disk.image.writeCount - before]).toEqual([['vote', 'group', 'peer', 'mode'], 2]);
    const result = read(platform);
    expect(result.kind === 'ok' && result.record).toMatchObject({ term: 5, groupId: 'cd'.repeat(16), syncAcks: true });
    expect(result.kind === 'ok' && result.record.peerStarts.get('n2')).toEqual(start);
  });

  it("turns a wiped store's freshness into a founder's mark in the save that holds the vote", () => {
    const platform = createVirtualPlatform();
    const file = begun(platform, { inDoubt: true, doubtReason: 1 });
    file.save({ term: 1, vote: 'n0', fresh: true }, () => undefined);
    expect(file.record.doubtReason).toBe(1);
    save(platform, file, 1, 'n1');
    const result = read(platform);
    expect(result.kind === 'ok' && result.record).toMatchObject({ inDoubt: true, doubtReason: 6, vote: 'n1' });
    file.saveDoubt(false, () => undefined);
    expect(file.record).toMatchObject({ inDoubt: false, doubtReason: 0 });
  });

  it.each(['write', 'sync'] as const)('gives no vote after a failed %s, ever', (operation) => {
    const platform = createVirtualPlatform();
    const file = begun(platform);
    platform.disk.image.fail({ operation, code: 'EIO', path });
    expect(save(platform, file, 2, 'n0')).toBe('EIO');
    expect(save(platform, file, 3, 'n0')).toBe('EIO');
  });

  it.each(['write', 'sync'] as const)(
    'tells of a failed %s of its second copy, which nobody waits for',
    (operation) => {
      const world = new VirtualWorld();
      const platform = world.start('a');
      const file = begun(platform);
      const failures: string[] = [];
      file.onCopyFailed = ({ code }) => failures.push(code);
      file.save({ term: 2, vote: 'n0', fresh: false }, (error) => {
        expect(error).toBeUndefined();
        platform.disk.image.fail({ operation, code: 'EIO', path });
      });
      while (failures.length === 0) expect(world.runTurn()).toBe(true);
      expect(failures).toEqual(['EIO']);
      expect(save(platform, file, 3, 'n0')).toBe('EIO');
    },
  );
});

it('makes 16 bytes of any boot id', () => {
  expect(bootIdHex('0123ABCD-0000-1111-2222-333344445555')).toBe('0123abcd000011112222333344445555');
  expect(bootIdHex('boot 7')).toMatch(/^[0-9a-f]{32}$/);
  expect(bootIdHex('boot 7')).not.toBe(bootIdHex('boot 8'));
  expect(bootIdHex(undefined)).toBe('');
});
