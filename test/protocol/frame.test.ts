import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameDecoder } from '../../src/protocol/frame.ts';
import type { FrameError } from '../../src/protocol/frame-error.ts';
import type { ReceivedCommand } from '../../src/protocol/received-command.ts';
import { SERIALIZE_JSON, SERIALIZE_ROCKETMQ } from '../../src/protocol/remoting-command.ts';
import { decodeOne, meaning } from './recordings.ts';

const text = fc.string({ unit: 'grapheme' });
const shownText = fc.string({ unit: 'grapheme', minLength: 1 });
const int32 = fc.integer();
const header = fc.record({
  code: fc.integer({ min: -0x8000, max: 0x7fff }),
  flag: int32,
  opaque: int32,
  version: fc.integer({ min: 0, max: 0x7fff }),
  language: fc.constantFrom('JAVA', 'GO', 'CPP', 'PYTHON'),
  remark: fc.option(shownText, { nil: undefined }),
  extFields: fc.dictionary(
    fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
    shownText,
  ),
});

function frame(headerText: string, body = '', type = SERIALIZE_JSON as number): Buffer {
  const bytes = Buffer.from(headerText);
  const prefix = Buffer.alloc(8);
  prefix.writeInt32BE(4 + bytes.length + Buffer.byteLength(body));
  prefix.writeUInt8(type, 4);
  prefix.writeUIntBE(bytes.length, 5, 3);
  return Buffer.concat([prefix, bytes, Buffer.from(body)]);
}

function push(
  decoder: FrameDecoder,
  chunks: readonly Buffer[],
): { commands: ReceivedCommand[]; error: FrameError | undefined } {
  const commands: ReceivedCommand[] = [];
  for (const chunk of chunks) {
    const error = decoder.push(chunk, (command) => commands.push(command));
    if (error !== undefined) return { commands, error };
  }
  return { commands, error: undefined };
}

describe('encodeFrame and FrameDecoder', () => {
  it.each([SERIALIZE_JSON, SERIALIZE_ROCKETMQ] as const)(
    'agree on any header and body, header encoding %i',
    (serializeType) => {
      fc.assert(
        fc.property(header, fc.uint8Array({ maxLength: 100 }), (fields, body) => {
          const command = decodeOne(Buffer.concat(encodeFrame({ ...fields, serializeType }, [body])));
          expect(command.serializeType).toBe(serializeType);
          expect(meaning(command)).toEqual({
            ...fields,
            extFields: { ...fields.extFields },
            body: Buffer.from(body).toString('base64'),
          });
        }),
      );
    },
  );

  it('does not copy the body of an outgoing frame', () => {
    const body = Buffer.from('body');
    expect(encodeFrame({ code: 0, flag: 1, opaque: 1, serializeType: SERIALIZE_JSON }, [body])[1]).toBe(body);
  });

  it('always gives an answer its extFields', () => {
    const [bytes] = encodeFrame({ code: 0, flag: 1, opaque: 1, serializeType: SERIALIZE_JSON });
    expect(Buffer.from(bytes!).toString('utf8', 8)).toBe(
      '{"code":0,"extFields":{},"flag":1,"language":"JAVA","opaque":1,"serializeTypeCurrentRPC":"JSON","version":479}',
    );
  });

  it('sends a code that does not fit 16 bits in JSON, and maps truncated request codes back', () => {
    const pop = encodeFrame({ code: 200050, flag: 0, opaque: 1, serializeType: SERIALIZE_ROCKETMQ });
    expect(decodeOne(Buffer.concat(pop))).toMatchObject({ code: 200050, serializeType: SERIALIZE_JSON });
    for (const [sent, meant] of [
      [3442, 200050],
      [3443, 200051],
      [3445, 200053],
      [3543, 200151],
      [3541, 3541],
    ] as const) {
      const bytes = encodeFrame({ code: sent, flag: 0, opaque: 1, serializeType: SERIALIZE_ROCKETMQ });
      expect(decodeOne(Buffer.concat(bytes)).code).toBe(meant);
    }
    const response = encodeFrame({ code: 3442, flag: 1, opaque: 1, serializeType: SERIALIZE_ROCKETMQ });
    expect(decodeOne(Buffer.concat(response)).code).toBe(3442);
  });
});

describe('FrameDecoder', () => {
  const small = encodeFrame({ code: 34, flag: 0, opaque: 7, serializeType: SERIALIZE_JSON, remark: 'é' }, [
    Buffer.from('heart'),
  ]);
  const binary = encodeFrame({
    code: 310,
    flag: 2,
    opaque: -1,
    serializeType: SERIALIZE_ROCKETMQ,
    extFields: { a: 'g' },
  });
  const stream = Buffer.concat([...small, ...binary, ...small]);

  it('finds the same frames however the bytes are cut', () => {
    const whole = push(new FrameDecoder(), [stream]).commands.map((command) => meaning(command));
    expect(whole).toHaveLength(3);
    for (let cut = 0; cut <= stream.length; cut++) {
      const { commands, error } = push(new FrameDecoder(), [stream.subarray(0, cut), stream.subarray(cut)]);
      expect(error).toBeUndefined();
      expect(commands.map((command) => meaning(command))).toEqual(whole);
    }
    const bytewise = push(
      new FrameDecoder(),
      Array.from(stream, (byte) => Buffer.from([byte])),
    );
    expect(bytewise.commands.map((command) => meaning(command))).toEqual(whole);
  });

  it('finds the same frames in chunks of any sizes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (sizes) => {
        const chunks: Buffer[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = sizes[i % sizes.length]!;
          chunks.push(stream.subarray(at, at + size));
          at += size;
        }
        expect(push(new FrameDecoder(), chunks).commands.map((command) => command.opaque)).toEqual([7, -1, 7]);
      }),
    );
  });

  it('gives bodies as views of the chunk', () => {
    const { commands } = push(new FrameDecoder(), [stream]);
    expect(commands[0]!.body.buffer).toBe(stream.buffer);
  });

  it('ends with an error on a frame that cannot be one, as soon as its first bytes say so', () => {
    const refused = (bytes: Buffer | string): string | undefined =>
      push(new FrameDecoder(), [Buffer.from(bytes)]).error?.message;
    expect(refused('GET / HTTP/1.1')).toBe('a frame of 1195725856 bytes is announced; allowed are 4 to 16777216');
    expect(refused(Buffer.from([0x80, 0, 0, 0]))).toContain('a frame of -2147483648 bytes');
    expect(refused(Buffer.from([0, 0, 0, 3]))).toContain('a frame of 3 bytes');
    expect(refused(Buffer.from([0, 0, 0, 20, 7, 0, 0, 1]))).toBe('the header encoding 7 is not known');
    expect(refused(Buffer.from([0, 0, 0, 20, 0, 0, 0, 17]))).toBe(
      'a header of 17 bytes does not fit into a frame of 24',
    );
    expect(refused(Buffer.from([0, 0, 0, 20, 0, 0, 0, 16]))).toBeUndefined();
  });

  it('keeps the limit that it was given', () => {
    const bytes = Buffer.concat(small);
    expect(push(new FrameDecoder(bytes.length), [bytes]).error).toBeUndefined();
    expect(push(new FrameDecoder(bytes.length - 1), [bytes]).error?.kind).toBe('length');
  });

  it('allocates no more than a few times what has arrived', () => {
    const start = Buffer.from([0x00, 0xff, 0xff, 0xf0, 0, 0, 0, 10, 1, 2, 3]);
    const before = process.memoryUsage().arrayBuffers;
    const decoders = Array.from({ length: 50 }, () => {
      const decoder = new FrameDecoder();
      push(decoder, [start]);
      return decoder;
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    expect(decoders.every((decoder) => decoder.pendingBytes === start.length)).toBe(true);
  });

  it.each([
    ['no JSON', '{"code":34', 'the header is not JSON'],
    ['no object', '[1]', 'the header is not a JSON object'],
    ['no code', '{"opaque":1}', 'the header has no whole number as code'],
    ['a text as opaque', '{"code":34,"opaque":"1"}', 'the header has no whole number as opaque'],
    ['a list as fields', '{"code":34,"opaque":1,"extFields":[]}', 'extFields is not an object'],
    ['nothing', '', 'the header is not JSON'],
  ])('refuses a JSON header with %s', (_what, headerText, message) => {
    expect(push(new FrameDecoder(), [frame(headerText)]).error?.message).toBe(message);
  });

  it('takes what other clients write into a JSON header', () => {
    const command = decodeOne(
      frame(
        '{"code":11,"opaque":3,"flag":0,"language":"CPP","remark":null,"extFields":{"queueId":0,"order":false,"x":null,"y":{"z":1}}}',
      ),
    );
    expect(command).toMatchObject({ code: 11, opaque: 3, language: 'CPP', version: 0, remark: undefined });
    expect(command.extFields).toEqual({ queueId: '0', order: 'false', y: '{"z":1}' });
    expect(decodeOne(frame('{"code":34,"opaque":1,"extFields":null}')).extFields).toEqual({});
  });

  it('refuses binary headers whose lengths do not fit', () => {
    const valid = Buffer.concat(
      encodeFrame({
        code: 14,
        flag: 0,
        opaque: 1,
        serializeType: SERIALIZE_ROCKETMQ,
        remark: 'r',
        extFields: { key: 'value' },
      }),
    );
    // Lengths of the remark, of all fields, of the key and of the value.
    for (const [at, bytes] of [
      [21, 4],
      [26, 4],
      [30, 2],
      [35, 4],
    ] as const) {
      for (const length of [-1, 12, 0x7fff]) {
        const broken = Buffer.from(valid);
        broken.writeIntBE(length, at, bytes);
        expect(push(new FrameDecoder(), [broken]).error?.kind, `${length} at ${at}`).toBe('header');
      }
    }
    expect(push(new FrameDecoder(), [frame('short', '', SERIALIZE_ROCKETMQ)]).error?.kind).toBe('header');
  });

  it('never throws on any bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1), fc.uint8Array({ maxLength: 80 }), (type, bytes) => {
        const { commands, error } = push(new FrameDecoder(), [frame(Buffer.from(bytes).toString('latin1'), '', type)]);
        expect(commands.length === 1).toBe(error === undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('lets the last of a repeated binary field count, and an empty value be absent', () => {
    const bytes = Buffer.concat(
      encodeFrame({
        code: 14,
        flag: 0,
        opaque: 1,
        serializeType: SERIALIZE_ROCKETMQ,
        extFields: { k1: 'first', k2: 'last', k3: '' },
      }),
    );
    bytes.write('k1', bytes.indexOf('k2'));
    expect(decodeOne(bytes).extFields).toEqual({ k1: 'last' });
  });
});

describe('text fields', () => {
  it('of any kind survive JSON', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          shownText.filter((key) => key !== '__proto__'),
          text,
        ),
        (extFields) => {
          const [bytes] = encodeFrame({ code: 34, flag: 0, opaque: 1, serializeType: SERIALIZE_JSON, extFields });
          expect({ ...decodeOne(Buffer.from(bytes!)).extFields }).toEqual({ ...extFields });
        },
      ),
    );
  });
});
