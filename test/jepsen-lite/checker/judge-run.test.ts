import { expect, test } from 'vitest';
import { judgeRun, type PlayedRun } from '../../../jepsen-lite/checker/judge-run.ts';
import { scriptedHistory } from './scripted-history.ts';

const sound = `1 append q/0 a 0..10 ok 0
  2 read q/0 @0 20..30 ok a
  8 read q/0 @0 20..30 ok a
  3 write r x 0..5 ok
  3 read r 6..7 ok x
  drained`;

/** A run in which all is well but for what is changed. */
function verdicts(script: string, changes: Partial<PlayedRun> = {}): Record<string, unknown> {
  const history = scriptedHistory(script);
  history.consumes(8, 'g');
  const entry = { index: 1, term: 1, position: 0, byteLength: 10, crc: 7, messages: [] };
  const states = ['n0', 'n1'].map((node) => {
    return { node, timeNs: 0, commitIndex: 1, entries: [entry], queues: [] };
  });
  const played: PlayedRun = {
    history,
    consumed: { group: 'g', queues: new Map([['q/0', { start: 0, end: 1 }]]) },
    hasRegisters: true,
    replicas: { states, events: [] },
    availability: {
      op: 'append',
      faults: [{ name: 'start', startNs: 0, endNs: 0, healsWithinNs: 50 }],
      bucketNs: 10,
      stableNs: 0,
      maxRtoNs: undefined,
      maxOutageNs: undefined,
    },
    ...changes,
  };
  return Object.fromEntries(judgeRun(played).map(({ checker, valid }) => [checker, valid]));
}

const all = {
  'total-queue': true,
  log: true,
  'real-time-order': true,
  consumption: true,
  'linearizable-register': true,
  replica: true,
  availability: true,
};

test('a sound run passes all checkers', () => {
  expect(verdicts(sound)).toEqual(all);
});

test('each checker has its say', () => {
  expect(verdicts(sound.replace('2 read q/0 @0 20..30 ok a', '2 read q/0 @0 20..30 ok b'))).toMatchObject({
    'total-queue': false,
    log: false,
  });
  // A second copy of what was sent once, and a client that says so.
  const twice = `${sound} \n 9 read q/0 @1 31..32 ok a`;
  expect(verdicts(twice)).toEqual(all);
  expect(verdicts(twice.replace('ok 0', 'ok 0 tries 1'))).toEqual({ ...all, 'total-queue': false, log: false });
  expect(verdicts(`${sound} \n 1 append q/0 c 40..50 ok 0`)).toMatchObject({ 'real-time-order': false });
  expect(verdicts(sound.replace('8 read q/0 @0 20..30 ok a', ''))).toEqual({ ...all, consumption: false });
  expect(verdicts(sound.replace('6..7 ok x', '6..7 ok null'))).toEqual({ ...all, 'linearizable-register': false });
  expect(verdicts(sound, { replicas: { states: [], events: [] } })).toEqual({ ...all, replica: 'unknown' });
  expect(verdicts(sound.replace('a 0..10', 'a 0..60').replaceAll('20..30', '70..80'))).toEqual({
    ...all,
    availability: false,
  });
});

test('a group that comes to a message only after a later one, unless retention had removed it from a member', () => {
  const two = `1 append q/0 a 0..10 ok 0
  1 append q/0 b 11..20 ok 1
  2 read q/0 @0 30..31 ok a
  2 read q/0 @1 32..33 ok b
  8 read q/0 @0 30..31 ok a
  8 read q/0 @1 34..35 ok b
  3 write r x 0..5 ok
  3 read r 6..7 ok x
  drained`;
  const consumed = { group: 'g', queues: new Map([['q/0', { start: 0, end: 2 }]]) };
  expect(verdicts(two, { consumed })).toEqual(all);
  const late = two
    .replace('8 read q/0 @0 30..31 ok a', '')
    .replace('drained', '8 assign q/0 36\n8 read q/0 @0 37..38 ok a\ndrained');
  expect(verdicts(late, { consumed })).toEqual({ ...all, log: false });
  const removed = { ...consumed, removedNs: (_key: string, offset: number) => (offset === 0 ? 5 : undefined) };
  expect(verdicts(late, { consumed: removed })).toEqual(all);
});

test('what a run has not is not judged, and what it should have and has not is no pass', () => {
  const { consumption, replica, availability, 'linearizable-register': registers, ...histories } = all;
  const nothing = { consumed: undefined, hasRegisters: false, replicas: undefined, availability: undefined };
  expect(verdicts(sound, nothing)).toEqual(histories);
  expect(verdicts(sound.replaceAll(/3 .*/g, ''))).toEqual({ ...all, 'linearizable-register': 'unknown' });
});
