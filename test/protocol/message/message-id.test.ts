import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHost, encodeHost, hostText } from '../../../src/protocol/message/host.ts';
import {
  createUniqueKeyGenerator,
  offsetMessageId,
  parseOffsetMessageId,
} from '../../../src/protocol/message/message-id.ts';

describe('hosts', () => {
  it.each([
    ['127.0.0.1', '7f000001', '127.0.0.1:10911'],
    ['::', '00000000000000000000000000000000', '[0:0:0:0:0:0:0:0]:10911'],
    ['fe80::a:b%eth0', 'fe8000000000000000000000000a000b', '[fe80:0:0:0:0:0:a:b]:10911'],
    ['2001:DB8::192.0.2.1', '20010db80000000000000000c0000201', '[2001:db8:0:0:0:0:c000:201]:10911'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008', '[1:2:3:4:5:6:7:8]:10911'],
  ])('%s is encoded and shown', (address, hex, shown) => {
    const host = encodeHost(address, 10911)!;
    expect(host.toString('hex')).toBe(`${hex}00002a9f`);
    expect(hostText(decodeHost(host))).toBe(shown);
  });

  it.each([
    'localhost',
    '1.2.3',
    '1.2.3.256',
    '1.2.3.4.5',
    ':',
    '1:2',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    'g::1',
  ])('%s is no address', (address) => {
    expect(encodeHost(address, 1)).toBeUndefined();
  });
});

describe('offset message ids', () => {
  it('are those of RocketMQ', () => {
    const id = offsetMessageId(encodeHost('127.0.0.1', 10911)!, 257);
    expect(id).toBe('7F00000100002A9F0000000000000101');
    expect(parseOffsetMessageId(id)).toEqual({ host: { address: '127.0.0.1', port: 10911 }, position: 257 });
  });

  it('tell host and position back', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('10.1.2.3', '1:2:3:4:5:6:7:8'),
        fc.nat(65535),
        fc.maxSafeNat(),
        (address, port, position) => {
          const id = offsetMessageId(encodeHost(address, port)!, position);
          expect(parseOffsetMessageId(id.toLowerCase())).toEqual({ host: { address, port }, position });
        },
      ),
    );
  });

  it.each([
    '',
    '7F00000100002A9F000000000000010',
    '7F00000100002A9F00000000000001XX',
    '7F00000100002A9FFF00000000000101',
  ])('%j is none', (id) => {
    expect(parseOffsetMessageId(id)).toBeUndefined();
  });
});

describe('unique keys', () => {
  const address = [10, 0, 0, 1];

  function generator(nowMs: () => number): () => string {
    return createUniqueKeyGenerator(
      { clock: { nowMs }, random: { below: () => 0xabcdef }, process: { pid: 0x12345 } },
      Uint8Array.from(address),
    );
  }

  it('consist of address, process, random part, time since the start of the month, and counter', () => {
    const next = generator(() => Date.UTC(2024, 1, 29, 12, 0, 0, 1));
    const time = (28 * 86_400_000 + 12 * 3_600_000 + 1).toString(16).toUpperCase().padStart(8, '0');
    expect(next()).toBe(`0A000001234500ABCDEF${time}0000`);
    expect(next()).toBe(`0A000001234500ABCDEF${time}0001`);
  });

  it('start anew with each month, whatever the clock says', () => {
    let now = 0;
    const next = generator(() => now);
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1970-01-01'), max: new Date('2400-12-31'), noInvalidDate: true }),
        (date) => {
          now = date.getTime();
          const start = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
          expect(Number.parseInt(next().slice(20, 28), 16)).toBe(now - start);
        },
      ),
    );
  });

  it('do not repeat within one millisecond', () => {
    const next = generator(() => 1_000);
    expect(new Set(Array.from({ length: 65_536 }, next)).size).toBe(65_536);
  });
});
