import type { Violation } from '../invariant/invariant.ts';

/** How a member was for a while. */
export interface Span {
  readonly node: string;
  readonly what: 'follows' | 'leads' | 'serves' | 'down';
  readonly fromMs: number;
  readonly toMs: number;
}

export interface TimelineFacts {
  readonly title: string;
  readonly endMs: number;
  readonly nodes: readonly string[];
  readonly spans: readonly Span[];
  readonly faults: readonly { kind: string; target: string; fromMs: number; toMs: number }[];
  /** Ends of client operations. */
  readonly ends: readonly { atMs: number; outcome: string }[];
  readonly healedMs: number | undefined;
  readonly violation: Violation | undefined;
}

const LEFT = 120;
const WIDTH = 1_400;
const LANE = 26;
const FAULT_LANE = 16;
const CHART = 90;
const BUCKETS = 140;
const COLORS: Readonly<Record<Span['what'], string>> = {
  down: '#d9d9d9',
  follows: '#a8c8e8',
  leads: '#f2b65c',
  serves: '#3f8f4f',
};
const OUTCOMES = [
  ['ok', '#3f8f4f'],
  ['fail', '#f2b65c'],
  ['unknown', '#b04a4a'],
] as const;

/** One drawing: a lane for each member, a lane for each kind of fault, and client operations by outcome below. */
export function drawTimeline(facts: TimelineFacts): string {
  const kinds = [...new Set(facts.faults.map(({ kind }) => kind))].sort();
  const faultsTop = 70 + facts.nodes.length * LANE + 14;
  const chartTop = faultsTop + kinds.length * FAULT_LANE + 20;
  const height = chartTop + CHART + 40;
  const x = (ms: number): number => LEFT + (Math.min(ms, facts.endMs) / Math.max(facts.endMs, 1)) * WIDTH;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${LEFT + WIDTH + 30}" height="${height}" font-family="sans-serif" font-size="11" role="img" aria-label="${escaped(facts.title)}">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    `<text x="10" y="22" font-size="15">${escaped(facts.title)}</text>`,
    legend(),
    ...facts.nodes.flatMap((node, at) => memberLane(facts, node, 60 + at * LANE, x)),
    ...kinds.flatMap((kind, at) => faultLane(facts, kind, faultsTop + at * FAULT_LANE, x)),
    ...chart(facts, chartTop, x),
    ...axis(facts, chartTop + CHART, x),
    ...marks(facts, chartTop + CHART, x),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function legend(): string {
  const names = { serves: 'serves', leads: 'leads, not ready', follows: 'follows or stands', down: 'down' };
  const members = Object.entries(names).map(([what, name]) => [COLORS[what as Span['what']], name] as const);
  const outcomes = OUTCOMES.map(([outcome, color]) => [color, `operations: ${outcome}`] as const);
  return [...members, ...outcomes]
    .map(([color, name], at) => {
      const left = 10 + at * 150;
      return `<rect x="${left}" y="34" width="10" height="10" fill="${color}"/><text x="${left + 15}" y="43">${name}</text>`;
    })
    .join('');
}

function memberLane({ spans }: TimelineFacts, node: string, top: number, x: (ms: number) => number): string[] {
  const bars = spans
    .filter((span) => span.node === node)
    .map(({ what, fromMs, toMs }) =>
      bar(x(fromMs), x(toMs), top, LANE - 6, COLORS[what], `${node} ${what}`, fromMs, toMs),
    );
  return [`<text x="10" y="${top + 14}" font-size="13">${escaped(node)}</text>`, ...bars];
}

function faultLane({ faults }: TimelineFacts, kind: string, top: number, x: (ms: number) => number): string[] {
  const bars = faults
    .filter((fault) => fault.kind === kind)
    .map(({ target, fromMs, toMs }) =>
      bar(x(fromMs), x(toMs), top, FAULT_LANE - 4, '#8a6fb0', `${kind}: ${target}`, fromMs, toMs),
    );
  return [`<text x="10" y="${top + 10}">${escaped(kind)}</text>`, ...bars];
}

function bar(
  left: number,
  right: number,
  top: number,
  height: number,
  color: string,
  name: string,
  fromMs: number,
  toMs: number,
): string {
  const width = Math.max(1, right - left);
  const title = `${name}, ${fromMs.toFixed(0)} to ${toMs.toFixed(0)} ms`;
  return `<rect x="${left.toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="${height}" fill="${color}"><title>${escaped(title)}</title></rect>`;
}

/** Client operations that ended, by outcome, one upon the other. */
function chart({ ends, endMs }: TimelineFacts, top: number, x: (ms: number) => number): string[] {
  const buckets = Array.from({ length: BUCKETS }, () => ({ ok: 0, fail: 0, unknown: 0 }) as Record<string, number>);
  const each = Math.max(endMs, 1) / BUCKETS;
  for (const { atMs, outcome } of ends) {
    const bucket = buckets[Math.min(BUCKETS - 1, Math.floor(atMs / each))] as Record<string, number>;
    bucket[outcome] = (bucket[outcome] ?? 0) + 1;
  }
  const sumOf = (bucket: Record<string, number>): number => Object.values(bucket).reduce((a, b) => a + b, 0);
  const most = Math.max(1, ...buckets.map(sumOf));
  const rects = buckets.flatMap((bucket, at) => {
    let bottom = top + CHART;
    return OUTCOMES.filter(([outcome]) => (bucket[outcome] ?? 0) > 0).map(([outcome, color]) => {
      const height = ((bucket[outcome] as number) / most) * CHART;
      bottom -= height;
      return bar(
        x(at * each),
        x((at + 0.9) * each),
        Number(bottom.toFixed(1)),
        Number(height.toFixed(1)),
        color,
        `${bucket[outcome]} ${outcome}`,
        at * each,
        (at + 1) * each,
      );
    });
  });
  const perSecond = (most / (each / 1_000)).toFixed(0);
  return [
    `<text x="10" y="${top + 10}">operations, up to</text>`,
    `<text x="10" y="${top + 23}">${perSecond} a second</text>`,
    ...rects,
  ];
}

function axis({ endMs }: TimelineFacts, top: number, x: (ms: number) => number): string[] {
  const step = [1, 2, 5, 10, 20, 60, 120, 600].find((seconds) => endMs / 1_000 / seconds <= 16) ?? 3_600;
  const ticks = Array.from({ length: Math.floor(endMs / 1_000 / step) + 1 }, (_, at) => at * step);
  return [
    `<line x1="${LEFT}" y1="${top}" x2="${LEFT + WIDTH}" y2="${top}" stroke="black"/>`,
    ...ticks.map(
      (seconds) =>
        `<text x="${x(seconds * 1_000).toFixed(1)}" y="${top + 15}" text-anchor="middle">${seconds} s</text>`,
    ),
  ];
}

function marks({ healedMs, violation }: TimelineFacts, bottom: number, x: (ms: number) => number): string[] {
  // The words go where there is room for them.
  const anchorAt = (ms: number): string => (x(ms) > LEFT + WIDTH / 2 ? 'end' : 'start');
  const line = (ms: number, color: string, name: string): string =>
    `<line x1="${x(ms).toFixed(1)}" y1="52" x2="${x(ms).toFixed(1)}" y2="${bottom}" stroke="${color}" stroke-width="2"/>` +
    `<text x="${x(ms).toFixed(1)}" y="${bottom + 30}" fill="${color}" text-anchor="${anchorAt(ms)}">${escaped(name)}</text>`;
  return [
    ...(healedMs === undefined ? [] : [line(healedMs, '#2f6f9f', 'faults over')]),
    ...(violation === undefined ? [] : [line(violation.atMs, '#d02020', `${violation.invariant}: ${violation.text}`)]),
  ];
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (sign) => (sign === '&' ? '&amp;' : sign === '<' ? '&lt;' : '&gt;'));
}
