import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBatch, encodeBatch } from '../../../src/protocol/message/batch.ts';
import { decodeProperties } from '../../../src/protocol/message/properties.ts';
import { decodeOne, readRecordings } from '../recordings.ts';

const item = fc.record({
  flag: fc.integer(),
  body: fc.uint8Array({ maxLength: 50 }),
  properties: fc.uint8Array({ maxLength: 50 }),
});

describe('batches', () => {
  it('that a RocketMQ client sent decode, and encode to the same bytes', () => {
    const batches = readRecordings().filter(({ type, code }) => type === 'request' && code === 320);
    expect(batches.length).toBeGreaterThan(2);
    for (const { frame_base64 } of batches) {
      const { body } = decodeOne(Buffer.from(frame_base64, 'base64'));
      const items = decodeBatch(body);
      if (typeof items === 'string') throw new Error(items);
      expect(items).toHaveLength(5);
      for (const { body: text, properties } of items) {
        expect(Buffer.from(text).toString()).toMatch(/^batch message \d$/);
        expect(decodeProperties(Buffer.from(properties).toString()).get('UNIQ_KEY')).toMatch(/^[0-9A-F]{32}$/);
      }
      expect(encodeBatch(items).equals(body)).toBe(true);
    }
  });

  it('keep any messages', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 5 }), (items) => {
        const decoded = decodeBatch(encodeBatch(items));
        expect(decoded).toEqual(
          items.map(({ flag, body, properties }) => ({
            flag,
            body: Buffer.from(body),
            properties: Buffer.from(properties),
          })),
        );
      }),
    );
  });

  it('are refused when cut or changed in a length', () => {
    const bytes = encodeBatch([{ flag: 0, body: Buffer.from('one'), properties: Buffer.from('p') }]);
    expect(decodeBatch(Buffer.alloc(0))).toBe('the batch has no message');
    for (let end = 1; end < bytes.length; end++) {
      expect(decodeBatch(bytes.subarray(0, end))).toBe('message 1 of the batch is cut off or malformed');
    }
    for (const [at, value] of [
      [0, 0],
      [0, -1],
      [16, -1],
      [16, 4],
      [16, 2],
    ] as const) {
      const broken = Buffer.from(bytes);
      broken.writeInt32BE(value, at);
      expect(decodeBatch(broken)).toBe('message 1 of the batch is cut off or malformed');
    }
    const shortProperties = Buffer.from(bytes);
    shortProperties.writeInt16BE(0, bytes.length - 3);
    expect(decodeBatch(shortProperties)).toBe('message 1 of the batch is cut off or malformed');
  });
});
