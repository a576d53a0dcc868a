import { describe, expect, test } from 'vitest';
import { type AvailabilityOptions, checkAvailability } from '../../../jepsen-lite/checker/availability.ts';
import { drawAvailability } from '../../../jepsen-lite/checker/availability-svg.ts';
import { History } from '../../../jepsen-lite/checker/history.ts';
import { type AnomalyCase, complaintsOf, loadMutant, type Mutation } from './anomaly-suite.ts';

const second = 1e9;
const fault = { name: 'kill leader', startNs: 4 * second, endNs: 8 * second };
const limits: AvailabilityOptions = {
  op: 'append',
  faults: [fault],
  bucketNs: second,
  stableNs: second,
  maxRtoNs: 2 * second,
  maxOutageNs: 2 * second,
};

type Ending = 'ok' | 'fail' | 'info';

/** One send every 0.1 s for 12 s, each of which takes 50 ms; `endingAt` says how the one that ends at `at` seconds ends. */
function sends(endingAt: (at: number) => Ending, lastSecond = 12): History {
  const history = new History();
  for (let tick = 1; tick <= lastSecond * 10; tick += 1) {
    const endNs = tick * 1e8;
    const id = history.invoke(1, 'append', 'q', `m${tick}`, endNs - 5e7, '');
    const ending = endingAt(tick / 10);
    if (ending === 'ok') history.ok(id, endNs, tick);
    else history[ending](id, endNs, ending === 'fail' ? 'code-14' : 'timeout');
  }
  return history;
}

const during = (from: number, to: number, ending: Ending) => (at: number) => (at >= from && at < to ? ending : 'ok');

type Input = { history: History; options: AvailabilityOptions };

function run(
  name: string,
  valid: true | false | 'unknown',
  anomalies: string[],
  history: History,
  changes: Partial<AvailabilityOptions> = {},
): AnomalyCase<Input> {
  return { name, valid, anomalies, input: { history, options: { ...limits, ...changes } } };
}

const healing = {
  ...limits,
  ...{ maxRtoNs: undefined, maxOutageNs: undefined },
  faults: [{ ...fault, healsWithinNs: second }],
};
const noLimits = { maxRtoNs: undefined, maxOutageNs: undefined };

const calm = { ...noLimits, maxCalmStallNs: 2 * second, stableNs: 0 };

const failover = {
  ...{ ...noLimits, stableNs: 0 },
  failovers: [{ name: 'kill', startNs: 4 * second, withinNs: 2 * second }],
};

const cases: AnomalyCase<Input>[] = [
  run('nothing', 'unknown', [], new History()),
  run(
    'another kind of operation',
    'unknown',
    [],
    sends(() => 'ok'),
    { op: 'max' },
  ),
  run(
    'no failure',
    true,
    [],
    sends(() => 'ok'),
  ),
  run(
    'no limits',
    'unknown',
    [],
    sends(() => 'ok'),
    noLimits,
  ),
  run('a short outage', true, [], sends(during(4.5, 6, 'fail'))),
  run('a long outage of certain failures', false, ['outage', 'slow-recovery'], sends(during(4.5, 7, 'fail'))),
  run('a long outage of unknown outcomes', false, ['outage', 'slow-recovery'], sends(during(4.5, 7, 'info'))),
  run('a long outage before the fault', false, ['outage'], sends(during(1, 3.5, 'fail'))),
  run(
    'now and then a success, but no stable one',
    false,
    ['slow-recovery'],
    sends((at) => (at >= 4.5 && at < 7 && Math.round(at * 10) % 5 !== 0 ? 'fail' : 'ok')),
  ),
  run('never again a success', false, ['not-recovered', 'outage'], sends(during(4.5, 99, 'fail'))),
  run(
    'never stable again',
    false,
    ['not-recovered'],
    sends((at) => (at >= 4.5 && Math.round(at * 10) % 4 === 0 ? 'fail' : 'ok')),
  ),
  run('in time after the end of the fault', true, [], sends(during(4.5, 8.5, 'fail')), healing),
  run('too late after the end of the fault', false, ['slow-heal'], sends(during(4.5, 9.5, 'fail')), healing),
  run(
    'what began before the end of the fault says nothing',
    false,
    ['slow-heal'],
    sends((at) => (at >= 4.5 && at < 9.5 && at !== 8 ? 'fail' : 'ok')),
    { ...healing, faults: [{ ...fault, endNs: 7.97 * second, healsWithinNs: second }] },
  ),
  run('a stall under the fault', true, [], sends(during(4.2, 8, 'fail')), calm),
  run('a stall before the fault', false, ['calm-stall'], sends(during(1, 3.5, 'info')), calm),
  run('a stall after the fault', false, ['calm-stall'], sends(during(9, 11.5, 'fail')), calm),
  run('a stall that the end of the fault begins', false, ['calm-stall'], sends(during(4.2, 10.2, 'fail')), calm),
  run('a stall around the fault', true, [], sends(during(2.5, 9.5, 'fail')), calm),
  run('a stall up to the end', false, ['calm-stall', 'not-recovered'], sends(during(9.5, 99, 'fail')), calm),
  run('a stall under one of two faults that overlap', true, [], sends(during(4.2, 10.1, 'fail')), {
    ...calm,
    faults: [{ ...fault, endNs: 10 * second }, fault],
  }),
  run('a stall in the time to heal, behind a success', false, ['calm-stall'], sends(during(8.3, 10.8, 'fail')), {
    ...calm,
    faults: [{ ...fault, healsWithinNs: 3 * second }],
  }),
  run('a stall that is over when the time to heal is', true, [], sends(during(4.2, 10.8, 'fail')), {
    ...calm,
    faults: [{ ...fault, healsWithinNs: 3 * second }],
  }),
  run('a stall beyond the time to heal', false, ['calm-stall', 'slow-heal'], sends(during(4.2, 11.5, 'fail')), {
    ...calm,
    faults: [{ ...fault, healsWithinNs: second }],
  }),
  run('in time after the beginning of the fault', true, [], sends(during(4.1, 5.8, 'fail')), failover),
  run('too late after the beginning of the fault', false, ['slow-failover'], sends(during(4.1, 6.2, 'info')), failover),
  run(
    'what began before the beginning of the fault says nothing',
    false,
    ['slow-failover'],
    sends((at) => (at > 4 && at < 6.2 ? 'fail' : 'ok')),
    { ...failover, failovers: [{ name: 'kill', startNs: 3.97 * second, withinNs: 2 * second }] },
  ),
  run(
    'never again after the beginning of the fault',
    false,
    ['not-recovered', 'slow-failover'],
    sends(during(4.1, 99, 'fail')),
    failover,
  ),
  run('the run ends too early', 'unknown', [], sends(during(4.5, 6, 'fail'), 6.5)),
  run(
    'the run ends before the fault',
    'unknown',
    [],
    sends(() => 'ok', 3),
  ),
];

const check = ({ history, options }: Input) => checkAvailability(history, options).verdict;

test('is right about every case', () => {
  expect(complaintsOf(check, cases)).toEqual([]);
});

describe('figures', () => {
  const report = checkAvailability(sends(during(4.5, 6, 'info')), limits);

  test('of the outage, from the last success to the next', () => {
    expect(report.outages).toEqual([{ startNs: 4.4 * second, endNs: 6 * second }]);
    expect(report.longestStallNs).toBe(1.6 * second);
  });

  test('of the recovery, from the first failure to the first stable success', () => {
    expect(report.recoveries).toEqual([
      { fault, recovered: true, rtoNs: 1.5 * second, healNs: 0.1 * second, throughputLeft: 0 },
    ]);
  });

  test('of each bucket, and of the errors', () => {
    expect(report.buckets.length).toBe(13);
    expect(report.buckets[4]).toEqual({ startNs: 4 * second, ok: 5, failed: 0, unknown: 5, worstLatencyNs: 5e7 });
    expect(report.buckets[5]).toEqual({ startNs: 5 * second, ok: 0, failed: 0, unknown: 10, worstLatencyNs: 0 });
    expect(report.errors).toEqual({ timeout: 15 });
  });

  test('of a dip without failure', () => {
    const history = new History();
    for (let tick = 1; tick <= 120; tick += 1) {
      const slow = tick >= 50 && tick < 60;
      const id = history.invoke(1, 'append', 'q', `m${tick}`, tick * 1e8, '');
      if (!slow || tick % 2 === 0) history.ok(id, tick * 1e8 + (tick === 99 ? 3 * second : 1e6), tick);
    }
    const { recoveries, longestStallNs, outages } = checkAvailability(history, limits);
    expect(recoveries[0]).toMatchObject({ throughputLeft: 0.5 });
    // Those that never ended count as failures at their call.
    expect(outages.length).toBe(5);
    expect(longestStallNs).toBe(3 * second);
  });
});

describe('drawing', () => {
  const report = checkAvailability(sends(during(4.5, 6, 'fail')), limits);

  test('shows faults, outages and what each bucket saw', () => {
    const svg = drawAvailability(report, 'seed 7 <&>');
    expect(svg).toContain('kill leader');
    expect(svg).toContain('seed 7 &lt;&amp;&gt;');
    expect(svg.match(/class="ok"/g)).toHaveLength(report.buckets.filter(({ ok }) => ok > 0).length);
    expect(svg.match(/class="bad"/g)).toHaveLength(2 + report.outages.length);
    expect(svg.match(/class="fault"/g)).toHaveLength(1);
  });

  test('names of faults stand above the bars, none over another, and dark screens have colours of their own', () => {
    const [recovery] = report.recoveries;
    const recoveries = Array.from({ length: 4 }, () => recovery ?? { fault, rtoNs: undefined });
    const svg = drawAvailability({ ...report, recoveries } as typeof report, 'x');
    const names = [...svg.matchAll(/<text [^>]* y="([^"]*)"[^>]*>kill leader/g)].map(([, y]) => Number(y));
    expect(names).toEqual([34, 46, 58, 70]);
    expect(svg).toContain('<rect class="fault" x="329.23" y="76"');
    expect(svg).toContain('prefers-color-scheme: dark');
    for (const [, name] of svg.matchAll(/class="([a-z]+)"/g)) expect(svg).toContain(`svg .${name} {`);
  });

  test('is a pure function, also of nothing', () => {
    expect(drawAvailability(report, 'x')).toBe(drawAvailability(report, 'x'));
    const nothing = checkAvailability(new History(), limits);
    expect(drawAvailability(nothing, 'x')).toMatch(/^<svg .*<\/svg>\n$/s);
    expect(drawAvailability(nothing, 'x')).not.toContain('NaN');
  });
});

describe('a broken checker is caught', () => {
  const file = 'availability.ts';
  const mutations: Mutation[] = [
    ['unknown counts as success', file, "ok: outcome === 'ok'", "ok: outcome !== 'fail'"],
    ['any success is stable', file, 'failureNs - endNs >= stableNs && last', 'last'],
    ['the end of the run is stable', file, ' && last.endNs - endNs >= stableNs', ''],
    ['never recovered is fine', file, 'if (recovered === false)', 'if (false)'],
    ['an early end is a failure', file, "last.ok ? 'unknown' : false", 'false'],
    ['slow recovery is fine', file, 'rtoNs > maxRtoNs', 'rtoNs < 0'],
    ['outages are fine', file, 'endNs - startNs <= maxOutageNs', 'true'],
    [
      'an outage at the end is overlooked',
      file,
      'if (failing) outages.push({ startNs, endNs: endings',
      'if (false) outages.push({ startNs, endNs: endings',
    ],
    ['outages begin with the run', file, '    startNs = endNs;\n', ''],
    ['all operations are mixed', file, 'if (op !== options.op) continue;', ''],
    ['measuring is a pass', file, 'if (maxOutageNs === undefined && maxRtoNs', 'if (maxOutageNs === null && maxRtoNs'],
    ['slow healing is fine', file, '> limitNs) {', '> Number.POSITIVE_INFINITY) {'],
    ['success before the end of the fault counts', file, 'ending.ok && ending.callNs >= fromNs', 'ending.ok'],
    ['failures count as healing', file, 'ending.ok && ending.callNs >= fromNs', 'ending.callNs >= fromNs'],
    ['healing is no limit', file, ' && !isTimed', ''],
    ['a failover is no limit', file, 'failovers.length > 0 || ', ''],
    ['slow failovers are fine', file, ' <= withinNs) continue', ' > 0) continue'],
    ['a failover that never comes is fine', file, '(tookNs ?? Number.POSITIVE_INFINITY) <=', '(tookNs ?? 0) <='],
    [
      'failovers count from the end of all',
      file,
      'firstSuccess(endings, startNs)',
      'firstSuccess(endings, startNs + 1e9)',
    ],
    [
      'calm begins when the time to heal is over',
      file,
      'Math.min(healed, fromNs + healsWithinNs)',
      'fromNs + healsWithinNs',
    ],
    ['calm begins with a success alone', file, 'Math.min(healed, fromNs + healsWithinNs)', 'healed'],
    ['calm begins when the fault ends', file, 'Math.min(healed, fromNs + healsWithinNs)', 'fromNs'],
    ['a calm stall is fine', file, 'endNs - startNs <= maxCalmStallNs', 'true'],
    ['a limit for calm times is none', file, ' && maxCalmStallNs === undefined', ''],
    ['stalls under faults count', file, 'fromNs = Math.max(fromNs, endNs)', 'fromNs = startNs'],
    ['the end of the first of two faults is that of both', file, 'fromNs = Math.max(fromNs, endNs)', 'fromNs = endNs'],
    ['failures end a stall', file, 'endings.filter(({ ok }) => ok)', 'endings.filter(() => true)'],
    ['the last calm time is left out', file, '[...bands, end]', 'bands'],
    ['the first gap is the longest', file, 'if (endNs - startNs > longest.endNs - longest.startNs)', 'if (at === 1)'],
    ['failures before the fault count', file, 'endings.slice(firstAt(endings, fault.startNs))', 'endings.slice(0)'],
  ];
  test.each(mutations)('%s', async (...mutation) => {
    const mutant = await loadMutant<{ checkAvailability: typeof checkAvailability }>(file, mutation);
    const broken = ({ history, options }: Input) => mutant.checkAvailability(history, options).verdict;
    expect(complaintsOf(broken, cases)).not.toEqual([]);
  });
});
