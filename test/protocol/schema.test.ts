import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { FieldError } from '../../src/protocol/field-error.ts';
import { defineCommand, type RequestOf } from '../../src/protocol/schema.ts';

const example = defineCommand({
  code: 1,
  name: 'EXAMPLE',
  request: {
    topic: 'string',
    queueId: 'int',
    offset: 'long',
    isForce: 'boolean',
    group: 'string?',
    limit: 'long?',
    order: ['boolean', false],
    times: ['int', -1],
  },
  requestKeys: { isForce: 'FORCE' },
  response: { offset: 'long' },
});

const required = { topic: 't', queueId: '3', offset: '9', FORCE: 'true' };

function problem(fields: Record<string, string>): string {
  const result = example.decodeRequest(fields);
  return result instanceof FieldError ? result.message : 'none';
}

describe('defineCommand', () => {
  it('derives the types of the headers', () => {
    type Request = RequestOf<typeof example>;
    expectTypeOf<Request['topic']>().toEqualTypeOf<string>();
    expectTypeOf<Request['offset']>().toEqualTypeOf<number>();
    expectTypeOf<Request['isForce']>().toEqualTypeOf<boolean>();
    expectTypeOf<Request['order']>().toEqualTypeOf<boolean>();
    expectTypeOf<Request['group']>().toEqualTypeOf<string | undefined>();
    const smallest: Request = { topic: 't', queueId: 3, offset: 9, isForce: true, order: false, times: -1 };
    expect(example.encodeRequest(smallest)).toEqual({ ...required, order: 'false', times: '-1' });
    // @ts-expect-error a required field cannot be left out
    expect(example.encodeRequest({ topic: 't' })).toEqual({ topic: 't' });
  });

  it('decodes texts to typed values, defaults filled in', () => {
    expect(example.decodeRequest({ ...required, unknown: 'x' })).toEqual({
      ...{ topic: 't', queueId: 3, offset: 9, isForce: true, order: false, times: -1 },
    });
    expect(example.decodeRequest({ ...required, group: 'g', limit: '5', order: 'TRUE', times: '4' })).toEqual({
      ...{ topic: 't', queueId: 3, offset: 9, isForce: true, group: 'g', limit: 5, order: true, times: 4 },
    });
  });

  it.each(['0', '1', 'false', 'yes'])('takes %j for a false boolean, as Java does', (text) => {
    expect(example.decodeRequest({ ...required, FORCE: text })).toMatchObject({ isForce: false });
  });

  it('names the field that is missing or wrong', () => {
    expect(problem({ ...required, queueId: '' })).toBe('EXAMPLE: header field queueId is missing');
    expect(problem({ topic: 't', queueId: '3', offset: '9' })).toBe('EXAMPLE: header field FORCE is missing');
    expect(problem({ ...required, queueId: '3x' })).toBe(
      'EXAMPLE: header field queueId is not a 32-bit whole number: "3x"',
    );
    expect(problem({ ...required, limit: '9007199254740993' })).toBe(
      'EXAMPLE: header field limit is not a whole number below 2^53: "9007199254740993"',
    );
  });

  it.each(['1.0', ' 1', '1e3', '0x10', '2147483648', '-2147483649', '-', '+', 'NaN'])(
    'refuses %j as a 32-bit number',
    (text) => {
      expect(problem({ ...required, queueId: text })).toContain('queueId');
    },
  );

  it('keeps any values', () => {
    const request = fc.record({
      ...{ topic: fc.string(), queueId: fc.integer(), offset: fc.maxSafeInteger(), isForce: fc.boolean() },
      ...{ order: fc.boolean(), times: fc.integer() },
    });
    fc.assert(
      fc.property(request, (value) => {
        expect(example.decodeRequest(example.encodeRequest(value))).toEqual(value);
      }),
    );
  });

  it("reads and writes Java's largest and smallest long as the limits of safe integers", () => {
    expect(example.decodeResponse({ offset: '9223372036854775807' })).toEqual({ offset: Number.MAX_SAFE_INTEGER });
    expect(example.encodeResponse({ offset: Number.MAX_SAFE_INTEGER })).toEqual({ offset: '9223372036854775807' });
    expect(example.decodeResponse({ offset: '-9223372036854775808' })).toEqual({ offset: Number.MIN_SAFE_INTEGER });
    expect(example.encodeResponse({ offset: Number.MIN_SAFE_INTEGER })).toEqual({ offset: '-9223372036854775808' });
  });
});
