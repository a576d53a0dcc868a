import { expect, test } from 'vitest';
import { ReadProgress } from '../../src/store/read-progress.ts';
import { createVirtualPlatform } from '../support/virtual-platform.ts';

const MIB = 1 << 20;

function positionsTold(from: number, to: number): unknown[] {
  const { logger } = createVirtualPlatform();
  const progress = new ReadProgress(logger, 'reading', from, to);
  for (let position = from; position < to; position += 100 * MIB) progress.at(position);
  return logger.lines.map(({ fields }) => fields?.['position']);
}

test('a long read tells of each GiB, a short one of nothing', () => {
  expect(positionsTold(0, 1024 * MIB)).toEqual([]);
  expect(positionsTold(0, 3100 * MIB)).toEqual([1100 * MIB, 2200 * MIB]);
});
