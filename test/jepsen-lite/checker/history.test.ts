import { describe, expect, test } from 'vitest';
import { exportJsonl } from '../../../jepsen-lite/checker/export-jsonl.ts';
import { History } from '../../../jepsen-lite/checker/history.ts';
import { importJsonl } from '../../../jepsen-lite/checker/import-jsonl.ts';
import { type SendEnd, sendOutcome } from '../../../jepsen-lite/checker/rocketmq-outcome.ts';
import { describeVerdict, Findings } from '../../../jepsen-lite/checker/verdict.ts';
import { scriptedHistory } from './scripted-history.ts';

describe('history', () => {
  test('keeps an unknown operation open for ever', () => {
    const history = new History();
    const id = history.invoke(3, 'append', 't/0', 'v1', 100, 'n0');
    expect(history.operation(id)).toMatchObject({ outcome: 'info', returnNs: undefined, endNs: undefined });
    history.info(id, 140, 'timeout');
    expect(history.operation(id)).toMatchObject({ outcome: 'info', returnNs: undefined, endNs: 140, error: 'timeout' });
  });

  test('keeps what was learned late', () => {
    const history = new History();
    const id = history.invoke(3, 'append', '?', 'v1', 100, '');
    history.setKey(id, 't/1');
    history.setNode(id, 'n2');
    history.ok(id, 140, 5);
    expect(history.operation(id)).toMatchObject({ key: 't/1', node: 'n2', outcome: 'ok', returnNs: 140, result: 5 });
  });

  test('records a poll as one group of reads, and polls apart', () => {
    const history = new History();
    const messages = [
      { offset: 0, value: 'a' },
      { offset: 1, value: 'b' },
    ];
    history.poll(1, 'q', 'n0', 10, 20, messages);
    history.poll(1, 'q', 'n0', 10, 20, [{ offset: 2, value: 'c' }]);
    history.poll(1, 'q', 'n0', 30, 40, []);
    const reads = [...history.operations()];
    expect(reads.map(({ op, offset, result }) => [op, offset, result])).toEqual([
      ['read', 0, 'a'],
      ['read', 1, 'b'],
      ['read', 2, 'c'],
    ]);
    expect(reads[0]!.group).toBe(reads[1]!.group);
    expect(reads[2]!.group).not.toBe(reads[1]!.group);
  });

  test('refuses what contradicts itself', () => {
    const history = new History();
    const id = history.invoke(1, 'append', 'q', 'a', 100, '');
    expect(() => history.ok(id, 99, 0)).toThrow('at or after its call');
    history.ok(id, 100, 0);
    expect(() => history.fail(id, 120, 'x')).toThrow('ends once');
    expect(() => history.ok(7, 120, 0)).toThrow('after it began');
    expect(() => history.invoke(1, 'append', 'q', 'a', 0.5, '')).toThrow('whole nanoseconds');
  });
});

describe('what the end of a send means', () => {
  const ends: SendEnd[] = [0, 1, 2, 10, 11, 12, 13, 14, 16, 17, 29, 'timeout', 'connection-lost', 'oneway'];

  test.each([
    ['ledgermq', [13, 14, 16, 17, 29]],
    ['stock', [13, 16, 17, 29]],
  ] as const)('to %s', (server, failures) => {
    expect(ends.filter((end) => sendOutcome(end, server) === 'ok')).toEqual([0]);
    expect(ends.filter((end) => sendOutcome(end, server) === 'fail')).toEqual(failures);
  });
});

const everything = `3 append topicA/0 v17 100..140 ok 5 on n1 group 4 in 2
  3 append topicA/0 v18 150..160 fail code-14 on n1
  3 append ? v19 170..180 info timeout tries 2
  3 append topicA/0 v20 190..-
  4 read topicA/0 @5 200..210 ok v17 on n2 group 9
  4 read topicA/0 @6 200..210 ok null
  4 read topicA/0 @6 220..230 info connection-lost
  4 max topicA/0 240..250 ok 6
  5 assign topicA/0 255
  5 write config x 260..270 ok
  5 read config 280..290 ok x
  5 read other 280..290 ok null
  5 cas config x>y 300..310 ok true
  5 cas config x>z 320..330 ok false
  5 cas config y>z 340..350 info timeout`;

describe('JSON lines', () => {
  test('are exactly as documented', () => {
    expect([...exportJsonl(scriptedHistory(everything), { withDetails: false })]).toEqual([
      '{"client":3,"op":"append","key":"topicA/0","call":100,"return":140,"value":"v17","result":5,"ok":true}',
      '{"client":3,"op":"append","key":"topicA/0","call":150,"return":160,"value":"v18","ok":false}',
      '{"client":3,"op":"append","key":"?","call":170,"value":"v19","ok":null}',
      '{"client":3,"op":"append","key":"topicA/0","call":190,"value":"v20","ok":null}',
      '{"client":4,"op":"read","key":"topicA/0","offset":5,"call":200,"return":210,"result":"v17","ok":true}',
      '{"client":4,"op":"read","key":"topicA/0","offset":6,"call":200,"return":210,"result":null,"ok":true}',
      '{"client":4,"op":"read","key":"topicA/0","offset":6,"call":220,"ok":null}',
      '{"client":4,"op":"max","key":"topicA/0","call":240,"return":250,"result":6,"ok":true}',
      '{"client":5,"op":"write","key":"config","call":260,"return":270,"value":"x","ok":true}',
      '{"client":5,"op":"read","key":"config","call":280,"return":290,"result":"x","ok":true}',
      '{"client":5,"op":"read","key":"other","call":280,"return":290,"result":null,"ok":true}',
      '{"client":5,"op":"cas","key":"config","call":300,"return":310,"value":["x","y"],"result":true,"ok":true}',
      '{"client":5,"op":"cas","key":"config","call":320,"return":330,"value":["x","z"],"result":false,"ok":true}',
      '{"client":5,"op":"cas","key":"config","call":340,"value":["y","z"],"ok":null}',
    ]);
  });

  test('with details bring back the same history', () => {
    const history = scriptedHistory(everything);
    const imported = importJsonl(exportJsonl(history, { withDetails: true }), { drained: true });
    if (!('history' in imported)) throw new Error(imported.error);
    expect(imported.history.drained).toBe(true);
    const lines = [...imported.history.operations()];
    // A lone read gets a group of its own, which says nothing.
    const same = (group: number, at: number) => (lines[at]!.op === 'read' && group === 0 ? lines[at]!.group : group);
    const wanted = [...history.operations()].map((of, at) => ({ ...of, group: same(of.group, at) }));
    expect(lines).toEqual(wanted);
  });

  test('without details keep all but node, group, transaction and errors, and join the messages of a poll', () => {
    const history = new History();
    history.poll(1, 'q', 'n0', 10, 20, [
      { offset: 0, value: 'a' },
      { offset: 1, value: 'b' },
    ]);
    history.poll(1, 'q', 'n0', 21, 30, [{ offset: 2, value: 'c' }]);
    const imported = importJsonl(exportJsonl(history, { withDetails: false }), { drained: false });
    if (!('history' in imported)) throw new Error(imported.error);
    const groups = [...imported.history.operations()].map(({ group }) => group);
    expect(groups[0]).toBe(groups[1]);
    expect(groups[2]).not.toBe(groups[1]);
    expect([...exportJsonl(imported.history, { withDetails: false })]).toEqual([
      ...exportJsonl(history, { withDetails: false }),
    ]);
  });

  const good = '{"client":3,"op":"append","key":"q","call":100,"return":140,"value":"v","result":5,"ok":true}';
  test.each([
    ['{"client":3,"op":"app', 'it is not JSON'],
    ['[1]', 'it is JSON but no object'],
    [good.replace('"client":3,', ''), 'client is missing'],
    [good.replace('append', 'delete'), 'op is "delete"'],
    [good.replace('"key":"q"', '"key":7'), 'key is 7'],
    [good.replace('100', '1.5'), 'call is 1.5'],
    [good.replace('140', '99'), 'return is 99'],
    [good.replace('"return":140,', ''), 'return is missing'],
    [good.replace('true', '"yes"'), 'ok is "yes"'],
    [good.replace('"v"', '7'), 'value is 7'],
    [good.replace('5', '"five"'), 'result is "five"'],
    [good.replace('"q"', '"q","offset":-1'), 'offset is -1'],
    [good.replace('append', 'cas'), 'value is "v"'],
    [good.replace('append', 'max').replace('5', 'null'), 'result is null'],
  ])('that are wrong are refused with their number: %s', (line, complaint) => {
    const imported = importJsonl([good, '', line], { drained: false });
    if ('history' in imported) throw new Error('the line was taken');
    expect(imported.error).toContain(`Line 3 of the history: ${complaint}`);
  });
});

describe('verdict', () => {
  test('keeps the first findings of a kind, and counts all', () => {
    const findings = new Findings<'x' | 'y'>(2);
    for (let at = 0; at < 5; at += 1) findings.add('x', at, 'text', { fatal: false });
    findings.add('y', 9, 'text', { fatal: false });
    const verdict = findings.verdict('test', 6);
    expect(verdict.findings.map(({ anomaly, timeNs }) => [anomaly, timeNs])).toEqual([
      ['x', 0],
      ['x', 1],
      ['y', 9],
    ]);
    expect(verdict).toMatchObject({ valid: true, counts: { examined: 6, x: 5, y: 1 } });
  });

  test('what is not a pass prints the seed and the command that repeats it', () => {
    const findings = new Findings<'lost'>();
    const place = { key: 'q/0', offset: 7, node: 'n1', values: ['a'] };
    findings.add('lost', 1_500_000_000, 'a was acknowledged, but never read', place);
    findings.doubt('the drain did not finish');
    const origin = { seed: '42', replay: 'npm run sim -- --seed 42' };
    expect(describeVerdict(findings.verdict('total-queue', 3), origin)).toBe(
      [
        'total-queue: INVALID (examined 3, lost 1)',
        '  because the drain did not finish',
        '  lost q/0@7 on n1 at 1.500000 s: a was acknowledged, but never read',
        '  seed 42, again with: npm run sim -- --seed 42',
      ].join('\n'),
    );
    expect(describeVerdict(new Findings().verdict('empty', 0), origin)).toContain('UNKNOWN');
    expect(describeVerdict(new Findings().verdict('good', 1), origin)).toBe('good: valid (examined 1)');
  });
});
