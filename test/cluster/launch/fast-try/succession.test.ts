import { expect, test } from 'vitest';
import { whyNobodyTakesOver } from '../../../../cluster/launch/fast-try/succession.ts';

test('a lone master has no successor, with or without a slave', () => {
  expect(whyNobodyTakesOver(false, [], ['h:1'])).toMatch(/no other broker runs/);
  expect(whyNobodyTakesOver(false, ['h:2'], ['h:1'])).toMatch(/a slave never becomes master/);
  expect(whyNobodyTakesOver(true, [], ['h:1'])).toMatch(/no other broker runs/);
});

test('another master that runs, or one that may be elected, takes sends', () => {
  expect(whyNobodyTakesOver(false, ['h:2'], ['h:1', 'h:2'])).toBeUndefined();
  expect(whyNobodyTakesOver(true, ['h:2'], ['h:1'])).toBeUndefined();
  // Registered, but not running.
  expect(whyNobodyTakesOver(false, ['h:3'], ['h:1', 'h:2'])).toBeDefined();
});

test('without a word from the name server it has to be tried', () => {
  expect(whyNobodyTakesOver(false, ['h:2'], undefined)).toBeUndefined();
});
