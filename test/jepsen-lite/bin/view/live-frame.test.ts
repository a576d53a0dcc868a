import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { LiveFrame } from '../../../../jepsen-lite/bin/view/live-frame.ts';
import { Pace } from '../../../../jepsen-lite/bin/view/pace.ts';
import { sparkLine } from '../../../../jepsen-lite/bin/view/spark-line.ts';
import type { Look } from '../../../../jepsen-lite/live/chaos/look.ts';

const kill = { kind: 'kill', members: ['n0'], leftMs: 1_400 };
const calm: Look = {
  phase: 'steady state',
  leader: 'n0',
  term: 1,
  counts: { acknowledged: 0, refused: 0, unknown: 0 },
  faults: [],
  leftMs: 60_000,
};

function seen(...looks: readonly Partial<Look>[]): LiveFrame {
  const frame = new LiveFrame({ title: 'drill leader-kill, seed 7', head: 'leader' });
  let look = calm;
  for (const [at, more] of looks.entries()) {
    look = { ...look, ...more };
    frame.see(look, at * 1_000);
  }
  return frame;
}

function plain(frame: LiveFrame, columns = 80, rows = 24): string[] {
  return stripVTControlCharacters(frame.text(columns, rows)).split('\n');
}

describe('the picture', () => {
  test('tells leader, term, sends a second, errors, faults and the time that is left', () => {
    const lines = plain(
      seen({}, { counts: { acknowledged: 400, refused: 3, unknown: 1 }, faults: [kill], leftMs: 9_100 }),
    );
    expect(lines).toEqual(
      expect.arrayContaining([
        'drill leader-kill, seed 7',
        'steady state',
        'leader    n0 is leader in term 1',
        'sends     400/s, 400 acknowledged',
        'errors    3 refused, 1 unknown',
        'faults    kill of n0 (2 s left)',
        'left      10 s',
        'pace      █',
      ]),
    );
  });

  test('tells what happened, when, the newest last', () => {
    const lines = plain(
      seen({}, { phase: 'leader-kill', faults: [kill] }, { leader: undefined }, { leader: 'n1', term: 2, faults: [] }),
    );
    expect(lines.slice(lines.indexOf('') + 8)).toEqual([
      '0:00  steady state',
      '0:00  n0 is leader in term 1',
      '0:01  leader-kill',
      '0:01  fault: kill of n0',
      '0:02  there is no leader',
      '0:03  over: kill of n0',
      '0:03  n1 is leader in term 2',
    ]);
  });

  test.for([
    [80, 24],
    [20, 10],
    [5, 3],
    [200, 60],
  ] as const)('fits into %i columns and %i rows', ([columns, rows]) => {
    const many = Array.from({ length: 80 }, (_, at) => ({
      phase: `phase ${at} ${'long '.repeat(60)}`,
      faults: [kill, { ...kill, kind: 'isolate' }],
    }));
    const lines = plain(seen(...many), columns, rows);
    expect(lines.length).toBeLessThan(rows);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  test('has a word of its own for Controller mode, and is empty before anything was seen', () => {
    const frame = new LiveFrame({ title: 'x', head: 'master' });
    expect(frame.text(80, 24)).toBe('');
    frame.see({ ...calm, term: undefined }, 0);
    expect(plain(frame)).toContain('master    n0 is master');
  });
});

test('the pace is renewed once a second, over the time that has really passed', () => {
  const pace = new Pace();
  for (const [acknowledged, nowMs] of [
    [100, 0],
    [500, 500],
    [900, 2_000],
    [900, 3_000],
  ] as const)
    pace.see(acknowledged, nowMs);
  expect(pace.before).toEqual([400, 0]);
  expect(pace.now).toBe(0);
});

test('an outage is seen in a row of bars', () => {
  expect(sparkLine([100, 50, 0, 1, 100])).toBe('█▅·▁█');
  expect(sparkLine([])).toBe('');
  expect(sparkLine([0, 0])).toBe('··');
});
