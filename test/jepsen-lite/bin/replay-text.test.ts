import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { replayText } from '../../../jepsen-lite/bin/replay-text.ts';

test('a drill is repeated by what a shell reads as the same arguments', () => {
  expect(replayText(['leader-kill', '--repeat', '3', '--target=rocketmq'], 7)).toBe(
    'drill leader-kill --repeat 3 --target=rocketmq --seed 7',
  );
  const args = ['my plan.yaml', "it's", '$HOME', 'a\\b', '--cuts=a b', '*', ''];
  const words = execFileSync('sh', ['-c', replayText(args, 7).replace(/^drill/, "printf '%s\\n'")], {
    encoding: 'utf8',
  });
  expect(words.split('\n')).toEqual([...args, '--seed', '7', '']);
});
