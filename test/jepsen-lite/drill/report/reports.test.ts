import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../../jepsen-lite/drill/plan/plan.ts';
import { defaultTargets } from '../../../../jepsen-lite/drill/plan/presets.ts';
import { comparisonOf } from '../../../../jepsen-lite/drill/report/compare.ts';
import { htmlOf } from '../../../../jepsen-lite/drill/report/html.ts';
import { junitOf } from '../../../../jepsen-lite/drill/report/junit.ts';
import { timelineFile, timelineSvg } from '../../../../jepsen-lite/drill/report/timeline-svg.ts';
import { sampleReport, sampleTrial } from '../sample-report.ts';

const nasty = [{ text: 'a < b', measured: 'says "x" & <script>\u0001', holds: false }] as const;

describe('JUnit', () => {
  test('a case for each hypothesis', () => {
    const xml = junitOf(sampleReport());
    expect(xml).toContain('<testsuites tests="1" failures="0" errors="0" time="20.000">');
    expect(xml).toContain(
      '<testcase classname="drill.leader-kill" name="RTO p95 at most 500 ms from the fault" time="0"/>',
    );
  });

  test("properties tell the target, the seed and the brokers' keys that are not the defaults", () => {
    const properties = [...junitOf(sampleReport()).matchAll(/<property name="([^"]*)" value="([^"]*)"\/>/g)];
    expect(properties.map(([, name, value]) => `${name}=${value}`)).toEqual([
      'target=a LedgerMQ DLedger group of 3 members, started for the drill',
      'seed=7',
      'broker.fileReservedTime=48 on n0, 72 on n1 and n2',
      'broker.flushDiskType=SYNC_FLUSH',
    ]);
  });

  test('what does not hold or is unknown fails, and a drill that was stopped has a failed case', () => {
    const xml = junitOf(
      sampleReport({
        outcome: 'aborted',
        why: 'it stalled',
        hypotheses: [...nasty, { text: 'c', measured: 'd', holds: 'unknown' }],
      }),
    );
    expect(xml).toContain('tests="3" failures="3"');
    expect(xml).toContain('name="a &lt; b"');
    expect(xml).toContain('message="does not hold: says &quot;x&quot; &amp; &lt;script&gt;?"');
    expect(xml).toContain('message="unknown: d"');
    expect(xml).toContain('message="does not hold: aborted: it stalled"');
  });
});

describe('HTML', () => {
  const html = htmlOf(sampleReport({ hypotheses: nasty }));
  test('is one page without anything from elsewhere, for light, dark and print', () => {
    expect(html).not.toMatch(/(?:src|href)=|url\(|@import/);
    expect(html).toContain('prefers-color-scheme: dark');
    expect(html).toContain('@media print');
    expect(html.match(/<svg /g)).toHaveLength(2);
  });

  test('a trial that never recovered has the highest figure of all', () => {
    const page = htmlOf(sampleReport({ trials: [sampleTrial(1), sampleTrial(2, { rtoMs: undefined })] }));
    const cells = ['91 ms', 'never', 'never', '91 ms', 'never'].map((cell) => `<td class="figure">${cell}`);
    expect(page).toContain(`<tr><td>RTO${cells.join('')}</tr>`);
    expect(page).toContain('Trial 2: RTO never');
  });

  test("names the brokers' keys that are not the defaults", () => {
    expect(html).toContain(
      "Brokers' keys: fileReservedTime 48 on n0, 72 on n1 and n2 (default 72); flushDiskType SYNC_FLUSH (default ASYNC_FLUSH).",
    );
  });

  test('texts cannot become markup', () => {
    expect(html).not.toContain('<script>');
    expect(html).toContain('&lt;script&gt;');
  });
});

test('a timeline shows sends, faults, leaders, terms and the recovery', () => {
  const svg = timelineSvg(sampleTrial(1));
  expect(svg.match(/class="ok"/g)).toHaveLength(2);
  expect(svg.match(/class="bad"/g)).toHaveLength(1);
  expect(svg).toContain('kill n0');
  expect(svg).toContain('term 1');
  expect(svg).toContain('term 2');
  expect(svg).toContain('class="mark"');
  expect(svg).not.toContain('NaN');
  expect(timelineSvg(sampleTrial(1, { rtoMs: 0 }))).not.toContain('class="mark"');
});

test('names of faults in a timeline stand above the plot, none over another, and none is cut off', () => {
  const { record } = sampleTrial(1);
  const faults = ['kill', 'pause', 'isolate'].map((kind) => ({
    kind,
    members: ['n0'],
    hits: [],
    startMs: 7_990,
    endMs: 7_995,
  }));
  const svg = timelineSvg(sampleTrial(1, { record: { ...record, faults } }));
  const names = [...svg.matchAll(/<text [^>]*x="([^"]*)" y="([^"]*)"[^>]*>([a-z]+ n0)</g)];
  const places = names.map(([, x, y, text]) => ({ right: Number(x) + (text ?? '').length * 6.2, y: Number(y) }));
  expect(places.map(({ y }) => y)).toEqual([12, 24, 36]);
  for (const { right } of places) expect(right).toBeLessThan(960);
  expect(svg).toMatch(/<rect class="fault" x="[^"]*" y="48"/);
});

test('a timeline in a file of its own brings its colours with it', () => {
  const file = timelineFile(sampleTrial(1));
  expect(file).toMatch(
    /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="[^"]*" role="img" aria-label="[^"]*">\n<style>\n/,
  );
  for (const [, name] of file.matchAll(/var\((--[a-z]+)\)/g)) expect(file).toContain(`${name}: #`);
  for (const [, name] of file.matchAll(/class="([a-z]+)"/g)) expect(file).toContain(`svg .${name} {`);
});

test('a comparison shows both, and says what makes them unlike', () => {
  const first = sampleReport();
  const slow = sampleReport({
    target: 'a RocketMQ group',
    trials: [sampleTrial(1, { rtoMs: 30_000, detectMs: undefined })],
  });
  const text = comparisonOf(first, slow);
  expect(text).toContain('| RTO | 91 ms | 30000 ms | 92 ms | 30000 ms | 92 ms | 30000 ms |');
  expect(text).toContain('| detect | 30 ms | unknown |');
  expect(text).toContain("Both had the same target, brokers' keys, load, steady state and faults.");
  const never = sampleReport({ trials: [sampleTrial(1), sampleTrial(2, { rtoMs: undefined })] });
  expect(comparisonOf(first, never)).toContain('| RTO | 91 ms | 91 ms | 92 ms | never | 92 ms | never |');
  const other = { ...slow, plan: { ...slow.plan, load: { ...slow.plan.load, rate: 1 } }, hypotheses: [] };
  expect(comparisonOf(first, other)).toContain('They were not done alike: load.rate 400 and 1.');
  expect(comparisonOf(first, other)).toContain('| holds: 92 ms | not asked |');

  const { target, expect: limits } = first.plan;
  const elsewhere = {
    ...first.plan,
    target: { ...target, nodes: 5, brokerKeys: { flushDiskType: 'SYNC_FLUSH' } },
    expect: { ...limits, rtoFrom: 'heal', rtoMs: 1 },
    phases: [],
  } as Plan;
  // Reports of before do not tell what the brokers had.
  const { brokerKeys: _, ...before } = first;
  expect(comparisonOf(before, sampleReport({ plan: elsewhere }))).toContain(
    'alike: target.nodes 3 and 5; target.brokerKeys.flushDiskType not there and SYNC_FLUSH; phases not the same; expect.rtoFrom fault and heal.',
  );
  const stock = { ...first.plan, target: defaultTargets.rocketmq };
  expect(comparisonOf(first, sampleReport({ plan: stock }))).toContain(
    'alike: target.kind ledgermq and rocketmq; target.cuts proxies and not there; target.version not there and 5.3.3.',
  );
});

test("a comparison names the brokers' keys that differ, those that only one plan or one group changed, too", () => {
  const flush = (value: string) => ({ key: 'flushDiskType', usual: 'ASYNC_FLUSH', values: { n0: value, n1: value } });
  const odd = { key: 'fileReservedTime', usual: '72', values: { n0: '48', n1: '72' } };
  const sync = sampleReport({ brokerKeys: { changed: [flush('SYNC_FLUSH')], silent: [] } });
  const usual = sampleReport({ brokerKeys: { changed: [], silent: ['n1'] } });
  expect(comparisonOf(sync, usual)).toContain("alike: brokers' flushDiskType SYNC_FLUSH and ASYNC_FLUSH.");
  expect(comparisonOf(usual, sampleReport({ brokerKeys: { changed: [odd], silent: [] } }))).toContain(
    "alike: brokers' fileReservedTime 72 and 48 on n0, 72 on n1.",
  );
  expect(comparisonOf(sync, sync)).toContain("Both had the same target, brokers' keys,");
  // What the plan says of its own is in what the brokers told.
  const planned = { ...sync.plan, target: { ...defaultTargets.ledgermq, brokerKeys: { flushDiskType: 'SYNC_FLUSH' } } };
  expect(comparisonOf({ ...sync, plan: planned }, usual)).toContain(
    "alike: brokers' flushDiskType SYNC_FLUSH and ASYNC_FLUSH.",
  );
});
