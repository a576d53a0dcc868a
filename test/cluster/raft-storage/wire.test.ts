import { describe, expect, it } from 'vitest';
import { FrameReader } from '../../../cluster/raft-storage/frame-reader.ts';
import { decodeHello, decodeRefusal, encodeHello, encodeRefusal } from '../../../cluster/raft-storage/hello.ts';
import { checkHello } from '../../../cluster/raft-storage/hello-check.ts';
import { decodeMessage, encodeMessage, frameIncarnation } from '../../../cluster/raft-storage/wire.ts';
import type { AppendRequest, Message } from '../../../raft/index.ts';
import { createVirtualPlatform } from '../../support/virtual-platform.ts';
import { helloOf } from './hello-fixture.ts';
import { openLog, propose } from './log-fixture.ts';

const base = { from: 'n0', to: 'n1', term: 2 ** 35 };

function threeEntries() {
  const { log } = openLog(createVirtualPlatform(), { chunkBytes: 300, segmentBytes: 8192 });
  for (let i = 1; i <= 5; i++) propose(log, i < 4 ? 3 : 4, 200, i);
  return log.view(3, 10_000)!;
}

const append: AppendRequest = {
  ...base,
  type: 'append',
  sequence: 9,
  prevIndex: 2,
  prevTerm: 3,
  prevChainCrc: 0xfedc_ba98,
  commit: 1,
  syncFlush: true,
  entries: threeEntries(),
};

const vote = { ...base, lastIndex: 7, lastTerm: 6 };
const voteReply = { ...base, granted: true, inDoubt: false };
const messages: Message[] = [
  { ...vote, type: 'pre-vote', transfer: false },
  { ...vote, type: 'vote', transfer: true },
  { ...vote, type: 'doubt-vote', transfer: false },
  { ...voteReply, type: 'pre-vote-reply', fresh: false },
  { ...voteReply, type: 'vote-reply', granted: false, inDoubt: true, fresh: false },
  { ...voteReply, type: 'doubt-vote-reply', fresh: true },
  append,
  { ...append, entries: undefined, syncFlush: false },
  {
    ...base,
    type: 'append-reply',
    sequence: 8,
    rejected: true,
    index: 5,
    syncedIndex: 4,
    hintIndex: 3,
    hintTerm: 2,
    inDoubt: true,
  },
  { ...base, type: 'heartbeat', commit: 3, round: 2 ** 40 },
  { ...base, type: 'heartbeat-reply', round: 4, inDoubt: false, unwell: true },
  { ...base, type: 'timeout-now' },
  { ...base, type: 'doubt-end', index: 12 },
];

function frameOf(message: Message): Buffer {
  const out: Buffer[] = [];
  const byteLength = encodeMessage(message, 77, out);
  const frame = Buffer.concat(out);
  expect(frame.length).toBe(byteLength);
  return frame;
}

describe('messages', () => {
  it.each(messages.map((message) => [message.type, message] as const))('%s goes there and back', (_type, message) => {
    const frame = frameOf(message);
    expect(frame.readUInt32BE(0)).toBe(frame.length - 4);
    expect(frameIncarnation(frame)).toBe(77);
    const decoded = decodeMessage(frame, 'n0', 'n1');
    if (message.type !== 'append' || message.entries === undefined) {
      expect(decoded).toEqual(message);
      return;
    }
    const payload = [Buffer.concat(message.entries.payload as Buffer[])];
    expect(decoded).toEqual({ ...message, entries: { ...message.entries, payload } });
  });

  it('sends entries as views, and receives them as a view of the frame', () => {
    const out: Buffer[] = [];
    encodeMessage(append, 1, out);
    expect(out.slice(1)).toHaveLength(
      append.entries!.payload === undefined ? 0 : (append.entries!.payload as Buffer[]).length,
    );
    expect(out[1]!.buffer).toBe((append.entries!.payload as Buffer[])[0]!.buffer);
    const frame = Buffer.concat(out);
    const decoded = decodeMessage(frame, 'n0', 'n1') as AppendRequest;
    expect((decoded.entries!.payload as Buffer[])[0]!.buffer).toBe(frame.buffer);
  });

  it('notices every flipped bit of the fixed part', () => {
    for (const message of messages) {
      const frame = frameOf(message);
      const end = frame.readUInt16BE(6);
      for (let at = 4; at < end; at++) {
        const flipped = Buffer.from(frame);
        flipped[at]! ^= 1 << (at % 8);
        expect([message.type, at, typeof decodeMessage(flipped, 'n0', 'n1')]).toEqual([message.type, at, 'string']);
      }
    }
  });

  it('refuses appends whose entries are not what they say', () => {
    const frame = (more: Partial<AppendRequest>) => decodeMessage(frameOf({ ...append, ...more }), 'n0', 'n1');
    expect(frame({ prevIndex: 3 })).toMatch(/behind 3 that holds 3 to 5/);
    expect(frame({ term: 3 })).toMatch(/term above its own/);
    expect(frame({ entries: { ...append.entries!, last: 6 } })).toMatch(/4 entries behind 2 that holds 3 to 5/);
    const out: Buffer[] = [];
    encodeMessage({ ...append, entries: { ...append.entries!, byteLength: 10 } }, 1, out);
    expect(decodeMessage(Buffer.concat(out), 'n0', 'n1')).toMatch(/another length/);
  });
});

describe('the stream', () => {
  it('gives the same frames however it is cut', () => {
    const frames = messages.map(frameOf);
    const stream = Buffer.concat(frames);
    for (let size = 1; size <= stream.length; size += size < 100 ? 1 : 97) {
      const got: Buffer[] = [];
      const reader = new FrameReader(1 << 20, (frame) => got.push(Buffer.from(frame)) > 0);
      for (let at = 0; at < stream.length; at += size) {
        expect(reader.push(stream.subarray(at, at + size))).toBeUndefined();
      }
      expect(got.length).toBe(frames.length);
      expect(Buffer.concat(got).equals(stream)).toBe(true);
    }
  });

  it('takes no memory for a frame that is too long, whole or split', () => {
    const announced = Buffer.from([0x7f, 0xff, 0xff, 0xff, 1]);
    for (const cut of [1, 2, 3, 4, 5]) {
      const reader = new FrameReader(1000, () => expect.fail('no frame'));
      const faults = [
        reader.push(announced.subarray(0, cut)),
        cut < 5 ? reader.push(announced.subarray(cut)) : undefined,
      ];
      expect(faults.find((fault) => fault !== undefined)).toMatch(/2147483647 bytes, at most 1000/);
    }
  });
});

describe('hello', () => {
  it('goes there and back', () => {
    const hello = helloOf('n1', { fresh: true, incarnationNotFromDisk: true, groupId: 'ef'.repeat(16) });
    expect(decodeHello(encodeHello(hello))).toEqual(hello);
    const refusal = { code: 6, message: 'n1 comes twice: ä', seenIncarnation: 2 ** 40 };
    expect(decodeRefusal(encodeRefusal(refusal, 4, 5))).toEqual(refusal);
  });

  it('is damaged by any flipped bit behind its length', () => {
    const bytes = encodeHello(helloOf('n1'));
    for (let at = 4; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= 1 << (at % 8);
      // The type is looked at before.
      if (at !== 4) expect([at, typeof decodeHello(flipped)]).toEqual([at, 'string']);
    }
  });
});

describe('the check of a hello', () => {
  const own = helloOf('n0', { lastIndex: 9, lastTerm: 2, lastChainCrc: 5, groupId: 'aa'.repeat(16) });
  const members = new Set(['n1', 'n2']);
  const same = { ...own, id: 'n1', believedId: 'n0' };

  it('lets equal ones talk, and a member that knows no group id yet', () => {
    for (const theirs of [same, { ...same, groupId: '' }, { ...same, lastIndex: 0, firstPosition: 0, chainStart: 0 }]) {
      expect(checkHello({ own, theirs, expectedId: undefined, members, seen: undefined })).toBeUndefined();
      expect(checkHello({ own, theirs, expectedId: 'n1', members, seen: undefined })).toBeUndefined();
    }
  });

  it.each([
    ['format', 1, { formatVersion: 3, lowestVersion: 2 }, ['2 to 3', '1 to 1']],
    ['must-know features', 2, { mustFeatures: 4 }, ['features 4', 'knows 0']],
    ['group name', 3, { groupName: 'Other' }, ['Other', 'RaftNode00', 'dLegerGroup']],
    ['group id', 4, { groupId: 'bb'.repeat(16) }, ['bb'.repeat(16), 'aa'.repeat(16)]],
    ['the own id', 5, { id: 'n0' }, ['n0', 'dLegerSelfId']],
    ['the believed id', 5, { believedId: 'n2' }, ['dialed n2', 'reached n0']],
    ['a stranger', 9, { id: 'n7' }, ['n7 is no member', 'n1, n2']],
    ['the data-file size', 7, { dataFileSize: 4096 }, ['4096', '1024', 'mappedFileSizeCommitLog']],
    ['the first position', 7, { firstPosition: 2048 }, ['2048', ' 0']],
    ['the chain start', 7, { chainStart: 99 }, ['99', ' 0']],
    ['another last entry', 8, { lastChainCrc: 6 }, ['entry 9 of term 2', 'CRC 6', ' 5 ']],
    ['an older start', 6, { incarnation: 3 }, ['start number 3', '4 was seen']],
    ['a second process', 6, { incarnation: 4, nonce: '22'.repeat(8) }, ['22'.repeat(8), '11'.repeat(8)]],
  ])('refuses a difference in %s with both values', (_what, code, more, texts) => {
    const seen = { incarnation: 4, nonce: '11'.repeat(8) };
    const theirs = { ...same, incarnation: 5, ...more };
    const refusal = checkHello({ own, theirs, expectedId: undefined, members, seen });
    expect(refusal?.code).toBe(code);
    for (const text of texts) expect(refusal?.message).toContain(text);
    expect(refusal?.seenIncarnation).toBe(code === 6 ? 4 : 0);
  });

  it.each([
    ['whose log ends where the own one does', { lastIndex: 9 }, true],
    ['whose log reaches further', { lastIndex: 10 }, true],
    ['whose log has a later term', { lastIndex: 1, lastTerm: 3 }, true],
    ['whose log ends earlier: it was removed', { lastIndex: 8 }, false],
    ['whose log has an older term', { lastIndex: 20, lastTerm: 1 }, false],
    ['of no group yet', { groupId: '' }, false],
    ['that cannot be answered', { peerAddress: '' }, false],
  ])('a stranger %s', (_what, more, heard) => {
    const theirs = { ...same, id: 'n7', lastChainCrc: 5, peerAddress: 'n7:40911', ...more };
    const refusal = checkHello({ own, theirs, expectedId: undefined, members, seen: undefined });
    expect(refusal?.code).toBe(heard ? undefined : 9);
  });

  it('refuses whoever answers in the place of another', () => {
    const refusal = checkHello({ own, theirs: same, expectedId: 'n2', members, seen: undefined });
    expect(refusal?.message).toBe('n0 dialed n2 and reached n1: compare dLegerPeers');
  });
});
