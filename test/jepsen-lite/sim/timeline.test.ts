import { expect, test } from 'vitest';
import { Timeline } from '../../../jepsen-lite/sim/timeline.ts';

test('members, leaders, faults and ends of operations are drawn, and what broke', () => {
  const timeline = new Timeline('seed <1>');
  timeline.note(0, 'n0', 'opened', 1, 1);
  timeline.note(0, 'n1', 'opened', 1, 1);
  timeline.note(1_000_000, 'n0', 'leads', 1, 0);
  timeline.note(2_000_000, 'n0', 'serves', 1, 1);
  timeline.note(3_000_000, 'leader', 'fault kill', 500, 0);
  timeline.note(3_000_000, 'n0', 'gone', 1, 0);
  timeline.note(3_500_000, 'n1', 'leads', 2, 1);
  timeline.note(3_700_000, '', 'ok', 5, 0);
  timeline.note(3_800_000, '', 'unknown', 6, 0);
  timeline.note(9_000_000, '', 'healed', 0, 0);
  timeline.note(10_000_000, 'n0', 'follows', 2, 1);
  const svg = timeline.draw({ invariant: 'one-vote', text: 'n1 & n0', atMs: 9_500 });
  expect(svg).toContain('seed &lt;1&gt;');
  for (const title of [
    'n0 follows, 0 to 1000 ms',
    'n0 leads, 1000 to 2000 ms',
    'n0 serves, 2000 to 3000 ms',
    'n0 down, 3000 to 10000 ms',
    'n1 leads, 3500 to 10000 ms',
    'kill: leader, 3000 to 3500 ms',
    '1 unknown, ',
    '1 ok, ',
  ]) {
    expect(svg).toContain(`<title>${title}`);
  }
  expect(svg).toContain('faults over');
  expect(svg).toContain('one-vote: n1 &amp; n0');
  expect(svg.match(/<rect /g)?.length).toBe(svg.match(/<rect [^>]*(\/>|><title>)/g)?.length);
});
