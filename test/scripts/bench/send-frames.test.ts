import { describe, expect, it } from 'vitest';
import { FIRST_OPAQUE, readDigits, writeDigits } from '../../../scripts/bench/load/digits.ts';
import { SendFrames } from '../../../scripts/bench/load/send-frames.ts';
import { FrameDecoder } from '../../../src/protocol/frame.ts';
import { getProperty } from '../../../src/protocol/message/properties.ts';
import type { ReceivedCommand } from '../../../src/protocol/received-command.ts';

describe('SendFrames', () => {
  it('writes sends that differ in queue, opaque and unique key, all of one length', () => {
    const frames = new SendFrames('BenchTopic', 8, 1024);
    const bytes = Buffer.alloc(10 * frames.frameBytes);
    for (let i = 0; i < 10; i++) frames.write(bytes, i * frames.frameBytes, i, FIRST_OPAQUE + 7 * i);
    const received: ReceivedCommand[] = [];
    expect(new FrameDecoder().push(bytes, (command) => received.push(command))).toBeUndefined();
    expect(received.map(({ opaque }) => opaque)).toEqual(received.map((_, i) => FIRST_OPAQUE + 7 * i));
    expect(received.map(({ sendRequest }) => sendRequest?.queueId)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 0, 1]);
    expect(
      new Set(received.map(({ sendRequest }) => getProperty(sendRequest?.properties ?? '', 'UNIQ_KEY'))).size,
    ).toBe(10);
    expect(received.every(({ body, sendRequest }) => body.length === 1024 && sendRequest?.topic === 'BenchTopic')).toBe(
      true,
    );
    expect(bytes.toString('latin1', frames.opaqueAt, frames.opaqueAt + 9)).toBe(String(FIRST_OPAQUE));
  });
});

describe('digits', () => {
  it('are written with zeros in front and read back; anything else is -1', () => {
    const buffer = Buffer.from('<......>');
    writeDigits(buffer, 1, 4711, 6);
    expect(buffer.toString()).toBe('<004711>');
    expect(readDigits(buffer, 1, 6)).toBe(4711);
    expect([readDigits(buffer, 0, 6), readDigits(buffer, 3, 6)]).toEqual([-1, -1]);
  });
});
