import { expect, test } from 'vitest';
import { bodyOf, messageValue } from '../../../jepsen-lite/invariant/message-body.ts';

test('the value of a body is what stands before the bar', () => {
  for (const byteLength of [4, 16, 64, 400, 4_096, 1 << 20])
    expect(messageValue(bodyOf('#17', byteLength))).toBe('#17');
  expect(bodyOf('#17', 16)).toHaveLength(16);
  expect(messageValue(Buffer.from('something else|'))).toBeUndefined();
  expect(messageValue(Buffer.from('#17'))).toBeUndefined();
});

test('a body of which any byte is another one is damaged', () => {
  const body = bodyOf('#17', 64);
  for (let at = '#17|'.length; at < body.length; at++) {
    const other = Buffer.from(body);
    other[at] = (body[at] as number) ^ 1;
    expect(messageValue(other)).toBe('damaged #17');
  }
  // One whose value became another.
  const renamed = Buffer.from(body);
  renamed[2] = 0x38;
  expect(messageValue(renamed)).toBe('damaged #18');
});

test('a body that was cut, lengthened, or put together of two is damaged', () => {
  const body = bodyOf('#17', 64);
  for (let length = '#17|'.length; length < body.length; length++)
    expect(messageValue(body.subarray(0, length))).toBe('damaged #17');
  expect(messageValue(Buffer.concat([body, Buffer.from('.')]))).toBe('damaged #17');
  const half = body.subarray(0, 32);
  expect(messageValue(Buffer.concat([half, bodyOf('#18', 64).subarray(32)]))).toBe('damaged #17');
  expect(messageValue(Buffer.concat([half, bodyOf('#17', 65).subarray(33)]))).toBe('damaged #17');
});
