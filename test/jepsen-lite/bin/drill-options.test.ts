import { expect, test } from 'vitest';
import { readDrillCommand } from '../../../jepsen-lite/bin/drill-options.ts';

test('a preset with options', () => {
  expect(readDrillCommand(['leader-kill', '--repeat', '3', '--dir', 'x', '--keep'], 5)).toMatchObject({
    plan: { name: 'leader-kill', repeat: 3 },
    seed: 5,
    directory: 'x',
    keep: true,
  });
});

test.for([
  [[], 'a drill is needed'],
  [['nonsense'], 'nonsense: there is no such drill'],
  [['leader-kill', 'pause'], 'pause: one drill at a time'],
  [['leader-kill', '--repeat', '0'], '--repeat 0: a whole number from 1 to 1000 is needed'],
  [['leader-kill', '--sed', '1'], "Unknown option '--sed'"],
] as const)('%j is refused', ([args, sentence]) => {
  expect(() => readDrillCommand([...args], 1)).toThrow(sentence);
});

test('help needs no drill', () => {
  expect(readDrillCommand(['--help'], 1)).toMatchObject({ help: true, plan: undefined });
});
