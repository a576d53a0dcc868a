import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sendMessage } from '../../src/protocol/command/send-message.ts';
import { encodeFrameHeader } from '../../src/protocol/frame.ts';
import { encodeHost } from '../../src/protocol/message/host.ts';
import { offsetMessageId } from '../../src/protocol/message/message-id.ts';
import { SERIALIZE_JSON, SERIALIZE_ROCKETMQ } from '../../src/protocol/remoting-command.ts';
import { isPlainId, SendResponseEncoder } from '../../src/protocol/send-response.ts';
import { decodeOne, meaning } from './recordings.ts';

describe.each([SERIALIZE_JSON, SERIALIZE_ROCKETMQ] as const)(
  'SendResponseEncoder, header encoding %i',
  (serializeType) => {
    it.each(['127.0.0.1', 'fe80::1'])('says what the general encoder says, store host %s', (address) => {
      const storeHost = encodeHost(address, 10911)!;
      const encoder = new SendResponseEncoder(storeHost, 'Région "1"', true);
      const transactionId = fc.option(fc.constantFrom('7F0000013E624E0E2F2A6DE8BDB00000', 'a_b-c:1'), {
        nil: undefined,
      });
      fc.assert(
        fc.property(
          fc.integer(),
          fc.nat(),
          fc.maxSafeNat(),
          fc.maxSafeNat(),
          transactionId,
          (opaque, queueId, queueOffset, position, id) => {
            const fast = decodeOne(encoder.encode(serializeType, opaque, queueId, queueOffset, position, id));
            const extFields = sendMessage.encodeResponse({
              ...{
                msgId: offsetMessageId(storeHost, position),
                queueId,
                queueOffset: 0,
                transactionId: id,
                region: 'Région "1"',
                traceOn: 'true',
              },
            });
            const general = encodeFrameHeader(
              {
                code: 0,
                flag: 1,
                opaque,
                serializeType,
                extFields: { ...extFields, queueOffset: String(queueOffset) },
              },
              0,
            );
            expect(fast.serializeType).toBe(serializeType);
            expect(meaning(fast)).toEqual(meaning(decodeOne(general)));
          },
        ),
        { numRuns: 500 },
      );
    });

    it('gives a buffer of its own for each answer', () => {
      const encoder = new SendResponseEncoder(encodeHost('127.0.0.1', 1)!, 'DefaultRegion', false);
      const first = encoder.encode(serializeType, 1, 2, 3, 4);
      const copy = Buffer.from(first);
      encoder.encode(serializeType, 11, 12, 13, 14);
      expect(first.equals(copy)).toBe(true);
    });
  },
);

describe('transaction ids', () => {
  it.each([
    ['7F0000013E624E0E2F2A6DE8BDB00000', true],
    ['"', false],
    ['é', false],
    ['x'.repeat(49), false],
  ])('%j is plain: %s', (id, expected) => {
    expect(isPlainId(id)).toBe(expected);
  });
});
