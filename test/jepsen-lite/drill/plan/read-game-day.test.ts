import { expect, test } from 'vitest';
import { nextTimes, readGameDay } from '../../../../jepsen-lite/drill/plan/read-game-day.ts';
import { gameDayText } from '../../../../jepsen-lite/drill/report/game-day-text.ts';
import { sampleReport } from '../sample-report.ts';

test('a game day is a list of drills, with defaults for what it does not say', () => {
  const text = `
at: "0 10 * * 5"   # Fridays at ten
drills:
  - drill: leader-kill
  - { drill: plans/mine.yaml, repeat: 3, waitMs: 60000, note: Tell the people on call. }
`;
  expect(readGameDay(text, 'My Friday')).toEqual({
    name: 'my-friday',
    at: '0 10 * * 5',
    goOn: 'passed',
    drills: [
      { drill: 'leader-kill', waitMs: 0 },
      { drill: 'plans/mine.yaml', repeat: 3, waitMs: 60_000, note: 'Tell the people on call.' },
    ],
  });
  expect(readGameDay('{ "drills": [{ "drill": "pause" }], "goOn": "over" } // all', 'x')).toMatchObject({
    at: undefined,
    goOn: 'over',
  });
});

test.for([
  ['{}', 'drills is missing'],
  ['drills: []', 'drills: at least 1 must be listed'],
  ['drills: [leader-kill]', 'drills[0]: "leader-kill" must be a set of keys'],
  ['drills: [{ drills: pause }]', 'drills[0].drill is missing'],
  ['{ drills: [{ drill: pause }], when: now }', 'when: there is no such key; known are name, at, goOn, drills'],
  ['{ drills: [{ drill: pause }], goOn: always }', 'goOn: "always" must be one of passed, over'],
  ['{ drills: [{ drill: pause }], at: "friday" }', 'at: "friday" is no time: it has not five fields; minute, hour'],
  ['{ drills: [{ drill: pause }], at: "0 25 * * 5" }', 'at: "0 25 * * 5" is no time: '],
  ['{ drills: [{ drill: pause }], at: "0 10 31 2 *" }', 'at: "0 10 31 2 *" is no time: it never comes'],
] as const)('%s is refused with one sentence', ([text, sentence]) => {
  expect(() => readGameDay(text, 'x')).toThrow(sentence);
});

test('the calendar is that of cron', () => {
  for (const time of nextTimes('30 10 * * 5', 3)) {
    expect([time.getDay(), time.getHours(), time.getMinutes()]).toEqual([5, 10, 30]);
    expect(time.getTime()).toBeGreaterThan(Date.now());
  }
});

test('what became of it is a table', () => {
  const text = gameDayText('friday', [
    { drill: 'leader-kill', outcome: 'passed', report: sampleReport(), folder: 'runs/a' },
    { drill: 'pause', outcome: 'failed itself', why: 'no | java', report: undefined, folder: undefined },
    { drill: 'partition', outcome: 'not played', report: undefined, folder: undefined },
  ]);
  expect(text.split('\n')).toEqual([
    '# Game day friday: 1 of 3 drills passed',
    '',
    '| drill | outcome | trials | RTO, p95 | failed sends, p95 | lost (RPO), p95 | duplicates, p95 | reports |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    '| leader-kill | passed | 2 | 92 ms | 0 | 0 | 1 | runs/a |',
    '| pause | **failed itself**: no \\| java | 0 |  |  |  |  |  |',
    '| partition | **not played** | 0 |  |  |  |  |  |',
    '',
  ]);
  const one = { drill: 'pause', outcome: 'not played', report: undefined, folder: undefined } as const;
  expect(gameDayText('friday', [one])).toMatch(/^# Game day friday: 0 of 1 drill passed\n/);
});
