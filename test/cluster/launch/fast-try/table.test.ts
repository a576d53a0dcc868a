import { expect, test } from 'vitest';
import { formatTable } from '../../../../cluster/launch/fast-try/table.ts';

test('columns are as wide as needed, numbers to the right, and no blanks at the end of a line', () => {
  const rows = [
    ['namesrv', 'runs', '', '54.5', 'a:1'],
    ['n0', 'leader', '12', '110.1', 'a:30911'],
    ['n1', 'stopped', '-', '-', 'a:2'],
  ];
  expect(formatTable(['NODE', 'ROLE', 'TERM', 'MB', 'ADDRESS'], rows)).toBe(
    [
      'NODE     ROLE     TERM     MB  ADDRESS',
      'namesrv  runs            54.5  a:1',
      'n0       leader     12  110.1  a:30911',
      'n1       stopped     -      -  a:2',
    ].join('\n'),
  );
});
