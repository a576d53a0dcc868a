import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  javaHashCode,
  matchesTags,
  parseSubscription,
  type SubscriptionData,
  tagsCode,
  tagsCodeOfBytes,
} from '../../../src/protocol/message/tags.ts';

function parsed(expression: string | undefined): SubscriptionData {
  const result = parseSubscription('T', expression, 7);
  if (typeof result === 'string') throw new Error(result);
  return result;
}

describe('tags', () => {
  it.each([
    ['', 0],
    ['TagA', 2598919],
    ['TagC', 2598921],
    ['polygenelubricants', -2147483648],
    ['中文', 646394],
  ])('%j has the hash that Java gives it', (text, hash) => {
    expect(javaHashCode(text)).toBe(hash);
  });

  it('are hashed from bytes as from text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const bytes = Buffer.from(`_${text}_`);
        expect(tagsCodeOfBytes(bytes, 1, bytes.length - 1)).toBe(javaHashCode(text));
      }),
    );
    expect(tagsCode(undefined)).toBe(0);
  });

  it.each([undefined, '', '*'])('the expression %j means all', (expression) => {
    const subscription = parsed(expression);
    expect(subscription).toMatchObject({
      topic: 'T',
      subString: '*',
      subVersion: 7,
      expressionType: 'TAG',
      classFilterMode: false,
    });
    expect(matchesTags(subscription, 12345)).toBe(true);
  });

  it('an expression selects by the hashes of its tags', () => {
    const subscription = parsed(' TagA||TagC  || ');
    expect([...subscription.tagsSet]).toEqual(['TagA', 'TagC']);
    expect([...subscription.codeSet]).toEqual([2598919, 2598921]);
    expect(subscription.subString).toBe(' TagA||TagC  || ');
    expect([2598919, 2598920, 0].map((code) => matchesTags(subscription, code))).toEqual([true, false, false]);
  });

  it('an expression without a tag is refused', () => {
    expect(parseSubscription('T', ' || ', 0)).toBe(
      'the subscription expression " || " of topic T names no tag: write * or tags joined by ||',
    );
  });
});
