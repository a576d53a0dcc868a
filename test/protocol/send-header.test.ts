import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sendMessageV2 } from '../../src/protocol/command/send-message.ts';
import { encodeFrame, FrameDecoder } from '../../src/protocol/frame.ts';
import { FrameError } from '../../src/protocol/frame-error.ts';
import { decodeJsonHeader } from '../../src/protocol/json-header.ts';
import { SERIALIZE_ROCKETMQ } from '../../src/protocol/remoting-command.ts';
import { decodeOne, meaning } from './recordings.ts';

const NONE = Buffer.alloc(0);

function jsonFrame(header: string): Buffer {
  const bytes = Buffer.from(header);
  const prefix = Buffer.alloc(8);
  prefix.writeInt32BE(4 + bytes.length);
  prefix.writeUIntBE(bytes.length, 5, 3);
  return Buffer.concat([prefix, bytes]);
}

/** The scan of the bytes says what JSON.parse and the typed decoder say, or leaves the header to them. */
function expectSameAsGeneral(header: string): boolean {
  const frame = jsonFrame(header);
  const general = decodeJsonHeader(frame, 8, frame.length, NONE);
  let scanned: ReturnType<typeof decodeOne> | undefined;
  const error = new FrameDecoder().push(frame, (command) => {
    scanned = command;
  });
  if (general instanceof FrameError || scanned === undefined) {
    expect(error?.message).toBe((general as FrameError).message);
    return false;
  }
  expect(meaning(scanned)).toEqual(meaning(general));
  if (scanned.sendRequest === undefined) return false;
  expect({ ...scanned.sendRequest }).toEqual(sendMessageV2.decodeRequest(general.extFields));
  return true;
}

const FIELDS = '"a":"group","b":"topic","c":"TBW102","d":"4","e":"2","f":"0","g":"1795335195102","h":"0"';
const REST = '"flag":0,"language":"JAVA","opaque":4,"serializeTypeCurrentRPC":"JSON","version":479}';

describe('the scan of a JSON send header', () => {
  it.each([
    [
      'of Java',
      `{"code":310,"extFields":{${FIELDS},"i":"KEYS\\u0001k\\u0002","j":"0","k":"false","m":"false","n":"b"},${REST}`,
    ],
    ['of Go', `{"code":310,"language":"GO","version":317,"opaque":9,"flag":2,"remark":"","extFields":{${FIELDS}}}`],
    [
      'with bare numbers',
      `{"code":320,"extFields":{"a":"g","b":"t","c":"d","d":4,"e":-1,"f":0,"g":17953,"h":0,"k":true,"l":16},${REST}`,
    ],
    ['with other fields', `{"code":310,"extFields":{${FIELDS},"AccessKey":"a\\"b\\u00e9","Signature":"x="},${REST}`],
    ['with every escape', `{"code":310,"extFields":{${FIELDS},"i":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f"},${REST}`],
    ['with raw unicode', `{"code":310,"extFields":{${FIELDS},"i":"K\\u0001schlüssel 中 😀\\u0002"},${REST}`],
    ['with repeated fields', `{"code":310,"extFields":{${FIELDS},"e":"3","e":"5"},${REST}`],
  ])('takes a header %s', (_what, header) => {
    expect(expectSameAsGeneral(header)).toBe(true);
  });

  it.each([
    ['blanks', `{"code":310, "extFields":{${FIELDS}},${REST}`],
    ['escapes of other characters', `{"code":310,"extFields":{${FIELDS},"i":"\\u4e2d"},${REST}`],
    ['a missing field', `{"code":310,"extFields":{"a":"g"},${REST}`],
    ['a number that is none', `{"code":310,"extFields":{${FIELDS.replace('"d":"4"', '"d":"four"')}},${REST}`],
    ['a number out of range', `{"code":310,"extFields":{${FIELDS.replace('"d":"4"', '"d":"2147483648"')}},${REST}`],
    ['a bare number with a leading zero', `{"code":310,"extFields":{${FIELDS},"j":01},${REST}`],
    ['a wrong escape in an unread field', `{"code":310,"extFields":{${FIELDS},"Signature":"\\q"},${REST}`],
    ['a wrong hex digit', `{"code":310,"extFields":{${FIELDS},"i":"\\u00g1"},${REST}`],
    ['a control character', `{"code":310,"extFields":{${FIELDS},"i":"\u0001"},${REST}`],
    ['a remark', `{"code":310,"remark":"r","extFields":{${FIELDS}},${REST}`],
    ['an unknown member', `{"code":310,"other":1,"extFields":{${FIELDS}},${REST}`],
    ['text behind it', `{"code":310,"extFields":{${FIELDS}},${REST}}`],
    ['no opaque', `{"code":310,"extFields":{${FIELDS}}}`],
    ['no fields', `{"code":310,${REST}`],
    ['its end missing', `{"code":310,"extFields":{${FIELDS}},${REST.slice(0, -1)}`],
    ['another code', `{"code":3101,"extFields":{${FIELDS}},${REST}`],
  ])('leaves a header with %s to the general way', (_what, header) => {
    expect(expectSameAsGeneral(header)).toBe(false);
  });

  it('agrees with the general way wherever a header is cut or one of its bytes is changed', () => {
    const header = Buffer.from(`{"code":310,"extFields":{${FIELDS},"i":"KEYS\\u0001k\\u0002","k":"false"},${REST}`);
    for (let cut = 0; cut < header.length; cut++) expectSameAsGeneral(header.toString('latin1', 0, cut));
    fc.assert(
      fc.property(fc.nat(header.length - 1), fc.integer({ min: 0x20, max: 0x7e }), (at, byte) => {
        const changed = Buffer.from(header);
        changed[at] = byte;
        expectSameAsGeneral(changed.toString('latin1'));
      }),
      { numRuns: 3000 },
    );
  });

  it('agrees with the general way on any values', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer().map(String),
      fc.constantFrom('true', 'false', ''),
    );
    const fields = fc.dictionary(fc.constantFrom(...'abcdefghijklmnxyz', 'ns', 'AccessKey'), value);
    fc.assert(
      fc.property(fields, fc.integer(), (extFields, opaque) => {
        const required = { a: 'g', b: 't', c: 'd', d: '4', e: '0', f: '0', g: '1', h: '0' };
        expectSameAsGeneral(
          JSON.stringify({ code: 310, extFields: { ...required, ...extFields }, flag: 0, opaque, version: 1 }),
        );
      }),
    );
  });
});

describe('the scan of a binary send header', () => {
  it('agrees with the typed decoder', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer(),
        fc.maxSafeInteger().map((n) => Math.abs(n) % 1e15),
        (properties, queueId, bornTimestamp) => {
          const request = {
            ...{
              producerGroup: 'g',
              topic: 'töpic',
              defaultTopic: 'd',
              defaultTopicQueueNums: 4,
              queueId,
              sysFlag: 0,
              bornTimestamp,
              flag: 0,
            },
            ...{ properties, reconsumeTimes: 2, unitMode: true, batch: false },
          };
          const extFields = sendMessageV2.encodeRequest(request);
          const frame = Buffer.concat(
            encodeFrame({ code: 310, flag: 0, opaque: 1, serializeType: SERIALIZE_ROCKETMQ, extFields }),
          );
          const command = decodeOne(frame);
          const { properties: kept, ...others } = request;
          expect({ ...command.sendRequest }).toEqual(kept === '' ? others : request);
          expect(sendMessageV2.decodeRequest(command.extFields)).toEqual({ ...command.sendRequest });
        },
      ),
    );
  });
});
