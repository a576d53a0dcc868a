import type { History } from '../../../jepsen-lite/checker/history.ts';
import type { AnomalyCase } from './anomaly-suite.ts';
import { scriptedHistory } from './scripted-history.ts';

const linear = (name: string, valid: true | false | 'unknown', script: string): AnomalyCase<History> => ({
  name,
  input: scriptedHistory(script),
  valid,
  anomalies: valid === false ? ['not-linearizable'] : [],
});

/** Histories of registers, right and wrong, with what the checker must say. */
export const registers = [
  linear('an empty history', 'unknown', 'drained'),
  linear('queues only', 'unknown', '1 append q a 0..10 ok 0 \n 3 read q @0 20..30 ok a'),
  linear('only unknown operations', 'unknown', '1 write r x 0..10 info timeout'),
  linear('empty at first', true, '1 read r 0..1 ok null'),
  linear('write and read', true, '1 write r x 0..10 ok \n 2 read r 11..20 ok x'),
  linear('stale read', false, '1 write r x 0..10 ok \n 1 write r y 11..20 ok \n 2 read r 21..30 ok x'),
  linear('read of what is not written yet', false, '2 read r 0..1 ok x \n 1 write r x 5..10 ok'),
  linear('either, while they overlap', true, '1 write r x 0..10 ok \n 2 read r 5..6 ok x \n 3 read r 7..20 ok x'),
  linear('old after new', false, '1 write r x 0..10 ok \n 2 read r 2..3 ok x \n 3 read r 4..5 ok null'),
  linear('equal times overlap', true, '1 write r x 0..10 ok \n 2 read r 10..20 ok null'),
  linear(
    'two keys',
    true,
    '1 write r x 0..10 ok \n 1 write s y 11..20 ok \n 2 read r 21..30 ok x \n 2 read s 31..40 ok y',
  ),
  linear('a number is no text', false, '1 write r 1 0..10 ok \n 2 cas r 1>2 11..12 ok true \n 2 read r 13..14 ok 1'),
  linear(
    'an unknown write is seen late',
    true,
    '1 write r x 0..5 info t \n 2 read r 6..7 ok null \n 2 read r 90..91 ok x',
  ),
  linear(
    'an unknown write is seen and then gone',
    false,
    '1 write r x 0..5 info t \n 2 read r 6..7 ok x \n 2 read r 8..9 ok null',
  ),
  linear(
    'an unknown write is never seen',
    true,
    '1 write r x 0..5 info t \n 1 write r y 6..- \n 2 read r 6..7 ok null',
  ),
  linear('a failed write is seen', false, '1 write r x 0..5 fail code-14 \n 2 read r 6..7 ok x'),
  linear('an unknown read says nothing', true, '1 write r x 0..5 ok \n 2 read r 6..7 info t \n 2 read r 8..9 ok x'),
  linear(
    'cas that finds what it expects',
    true,
    '1 write r x 0..5 ok \n 2 cas r x>y 6..7 ok true \n 3 read r 8..9 ok y',
  ),
  linear(
    'cas that finds something else',
    true,
    '1 write r x 0..5 ok \n 2 cas r z>y 6..7 ok false \n 3 read r 8..9 ok x',
  ),
  linear('cas done twice', false, '1 write r x 0..5 ok \n 2 cas r x>y 6..7 ok true \n 3 cas r x>z 8..9 ok true'),
  linear('cas refused without reason', false, '1 write r x 0..5 ok \n 2 cas r x>y 6..7 ok false'),
  linear(
    'cas refused because of an unseen unknown write',
    true,
    '1 write r x 0..5 ok \n 3 write r z 6..9 info t \n 2 cas r x>y 10..11 ok false',
  ),
  linear('unknown cas is seen', true, '1 write r x 0..5 ok \n 2 cas r x>y 6..7 info t \n 3 read r 8..9 ok y'),
  linear(
    'unknown cas cannot have found it',
    false,
    '1 write r x 0..5 ok \n 2 cas r z>y 6..7 info t \n 3 read r 8..9 ok y',
  ),
  linear('unknown cas from empty', true, '2 cas r null>y 6..7 info t \n 3 read r 8..9 ok y'),
  linear(
    'of alike unknown writes a later one is the one that is seen',
    true,
    `1 write r x 0..1 info t \n 2 write r x 2..3 info t \n 3 read r 4..5 ok x \n 3 write r y 6..7 ok \n 3 read r 8..9 ok x
     3 write r z 10..11 ok \n 3 read r 12..13 ok z`,
  ),
  linear(
    'two alike unknown writes are seen three times',
    false,
    `1 write r x 0..1 info t \n 2 write r x 2..3 info t \n 3 read r 4..5 ok x \n 3 write r y 6..7 ok \n 3 read r 8..9 ok x
     3 write r z 10..11 ok \n 3 read r 12..13 ok x`,
  ),
  linear(
    'a search that must go back',
    true,
    `1 write r a 0..100 ok \n 2 write r b 0..100 ok \n 3 write r c 0..100 ok
     4 read r 10..20 ok c \n 4 read r 21..30 ok a \n 4 read r 31..40 ok b \n 4 read r 110..120 ok b`,
  ),
  linear(
    'readers disagree about an order',
    false,
    `1 write r a 0..100 ok \n 2 write r b 0..100 ok
     4 read r 10..20 ok a \n 4 read r 21..30 ok b \n 5 read r 10..20 ok b \n 5 read r 21..30 ok a`,
  ),
];

/** Histories of queues, right and wrong, with what the checker must say. */
export const logs = [
  linear('an empty history', 'unknown', 'drained'),
  linear('registers only', 'unknown', '1 write r x 0..10 ok'),
  linear(
    'in order',
    true,
    '1 append q a 0..10 ok 0 \n 2 append q b 11..20 ok 1 \n 3 max q 21..30 ok 2 \n 3 read q @1 31..40 ok b',
  ),
  linear('reordered', false, '1 append q a 0..10 ok 1 \n 2 append q b 11..20 ok 0'),
  linear('a hole', false, '1 append q a 0..10 ok 0 \n 2 append q b 11..20 ok 2'),
  linear(
    'a hole that an unknown send fills',
    true,
    '1 append q a 0..10 ok 0 \n 3 append q c 0..9 info t \n 2 append q b 11..20 ok 2',
  ),
  linear(
    'a hole before the unknown send began',
    false,
    '1 append q a 0..10 ok 0 \n 2 append q b 11..20 ok 2 \n 3 append q c 21..29 info t',
  ),
  linear(
    'a hole that a send without a queue fills',
    true,
    '1 append q a 0..10 ok 0 \n 3 append ? c 0..9 info t \n 2 append q b 11..20 ok 2',
  ),
  linear(
    'that send was read elsewhere',
    false,
    '1 append q a 0..10 ok 0 \n 3 append ? c 0..9 info t \n 2 append q b 11..20 ok 2 \n 3 read p @0 21..22 ok c',
  ),
  linear(
    'two attempts without a queue, found in two',
    true,
    '1 append ? a 0..1 info t \n 1 append ? a 2..3 info t \n 3 read q @0 5..6 ok a \n 3 read p @0 5..6 ok a',
  ),
  linear('one place for two', false, '1 append q a 0..10 ok 0 \n 2 append q b 0..10 ok 0'),
  linear(
    'another value is read',
    false,
    '1 append q a 0..10 ok 0 \n 2 append q b 0..10 ok 1 \n 3 read q @0 20..30 ok b',
  ),
  linear('the value is not there any more', false, '1 append q a 0..10 ok 0 \n 3 read q @0 20..30 ok null'),
  linear('max too low', false, '1 append q a 0..10 ok 0 \n 3 max q 20..30 ok 0'),
  linear('max while a send is open', true, '1 append q a 0..10 ok 0 \n 3 max q 5..9 ok 0 \n 3 max q 10..20 ok 1'),
  linear('a failed send is read', false, '1 append q a 0..10 fail code-14 \n 3 read q @0 20..30 ok a'),
  linear(
    'an unknown send is read',
    true,
    '1 append q a 0..10 info t \n 3 max q 11..12 ok 0 \n 3 read q @0 20..30 ok a \n 3 max q 40..50 ok 1',
  ),
  linear(
    'two attempts, read at both places',
    true,
    '1 append q a 0..10 info t \n 1 append q a 11..12 ok 1 \n 3 read q @0 20..30 ok a',
  ),
  linear('an acknowledged send without a place', true, '1 append q a 0..10 ok \n 3 max q 20..30 ok 1'),
  linear(
    'two acknowledged attempts without a place, one of which was read',
    true,
    '1 append q a 0..10 ok \n 1 append q a 11..12 ok \n 3 read q @0 20..30 ok a \n 3 max q 31..40 ok 2',
  ),
  linear(
    'many unknown sends that nobody read, some of which took a place',
    false,
    `${Array.from({ length: 24 }, (_, at) => `${at + 5} append q u${at} ${at}..90 info t`).join('\n')}
     1 append q a 100..110 ok 20 \n 1 append q b 111..120 ok 30`,
  ),
];
