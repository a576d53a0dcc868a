import { colours, drawingStyle } from '../../checker/drawing-style.ts';
import { placeLabels, rowsOf } from '../../checker/label-rows.ts';
import { BUCKET_MS } from '../measure/buckets.ts';
import type { TrialFigures } from '../measure/trial-figures.ts';
import type { RoleSighting } from '../target/drill-target.ts';
import { escaped } from './markup.ts';

const WIDTH = 960;
const LEFT = 70;
const RIGHT = 12;
/** Of the first row of labels, and between rows. */
const FIRST_LABEL = 12;
const LABEL = 12;
const PLOT = 90;
const GAP = 22;
const LANE = 18;
const MS_PER_SECOND = 1_000;
/** Bounds of the latency axis, which is logarithmic, ms. */
const LEAST_LATENCY_MS = 1;
const DECADES = 4;

/**
 * One trial as a drawing for a page that has the classes `ok`, `bad`, `line`, `fault`, `leads`, `mark` and `soft`: acknowledged and failed sends, the slowest send of each
 * tenth of a second, who led in which term, the faults as bands, and the moment of recovery.
 */
export function timelineSvg({ record, buckets, rtoMs, recoveredMs, calm }: TrialFigures): string {
  const { calmFromMs, endMs, faults, roles, faultMs } = record;
  const x = (atMs: number): number =>
    LEFT + ((clamp(atMs, calmFromMs, endMs) - calmFromMs) / (endMs - calmFromMs)) * (WIDTH - LEFT - RIGHT);
  const members = [...new Set(roles.map(({ member }) => member))].sort();
  const names = faults.map(({ kind, members: hit, startMs }) => ({ x: x(startMs), text: `${kind} ${hit.join(' ')}` }));
  const labels = placeLabels(names, WIDTH - RIGHT);
  const top = FIRST_LABEL + rowsOf(labels) * LABEL;
  const latencyTop = top + PLOT + GAP;
  const lanesTop = latencyTop + PLOT + GAP;
  const bottom = lanesTop + members.length * LANE;
  const most = Math.max(1, ...buckets.map(({ ok, failed }) => ok + failed));
  const wide = Math.max(0.5, x(calmFromMs + BUCKET_MS) - x(calmFromMs) - 0.4);
  const perSecond = (most * MS_PER_SECOND) / BUCKET_MS;
  const parts = [
    ...faults.map(({ startMs, endMs: overMs }) =>
      box('fault', x(startMs), top, Math.max(1.5, x(overMs) - x(startMs)), bottom - top),
    ),
    ...labels.map(({ x: at, row, text }) => label('soft', at, FIRST_LABEL + row * LABEL, 'start', text)),
    ...buckets.map(({ startMs, ok, failed }) => {
      const tall = (ok / most) * PLOT;
      const tallBad = (failed / most) * PLOT;
      return `${ok === 0 ? '' : box('ok', x(startMs), top + PLOT - tall, wide, tall)}${failed === 0 ? '' : box('bad', x(startMs), top + PLOT - tall - tallBad, wide, tallBad)}`;
    }),
    label('soft', LEFT - 6, top + 8, 'end', `${perSecond.toFixed(0)}/s`),
    label('soft', LEFT - 6, top + PLOT, 'end', '0'),
    ...latencyPlot(latencyTop),
    `<polyline class="line" points="${latencyPoints(buckets, latencyTop, x)}"/>`,
    ...members.flatMap((member, at) => lane(member, roles, lanesTop + at * LANE, x, calmFromMs, endMs)),
    ...(recoveredMs === undefined || rtoMs === 0
      ? []
      : [`<path class="mark" d="M${round(x(recoveredMs))} ${top}V${bottom}"/>`]),
    label('soft', LEFT, bottom + 14, 'start', `${((calmFromMs - faultMs) / MS_PER_SECOND).toFixed(1)} s`),
    label('soft', x(faultMs), bottom + 14, 'middle', '0'),
    label('soft', WIDTH - RIGHT, bottom + 14, 'end', `${((endMs - faultMs) / MS_PER_SECOND).toFixed(1)} s`),
  ];
  const title = `trial ${record.number}: sends, latency and leaders; ${calm.perSecond.toFixed(0)} sends a second before the fault`;
  const height = bottom + 20;
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">\n${parts.filter((part) => part !== '').join('\n')}\n</svg>`;
}

/** The same drawing as a file of its own. */
export function timelineFile(trial: TrialFigures): string {
  const head = `<style>\n${colours}\n${drawingStyle}\n</style>\n<rect class="back" width="100%" height="100%"/>\n`;
  const svg = timelineSvg(trial).replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ');
  return `${svg.replace('\n', `\n${head}`)}\n`;
}

function latencyPlot(top: number): string[] {
  return Array.from({ length: DECADES + 1 }, (_, decade) => {
    const y = top + PLOT - (decade / DECADES) * PLOT;
    const ms = LEAST_LATENCY_MS * 10 ** decade;
    return `<path class="grid" d="M${LEFT} ${round(y)}H${WIDTH - RIGHT}"/>${label('soft', LEFT - 6, y + 4, 'end', ms >= MS_PER_SECOND ? `${ms / MS_PER_SECOND} s` : `${ms} ms`)}`;
  });
}

function latencyPoints(buckets: TrialFigures['buckets'], top: number, x: (atMs: number) => number): string {
  return buckets
    .filter(({ ok }) => ok > 0)
    .map(({ startMs, worstMs }) => {
      const share = Math.log10(Math.max(LEAST_LATENCY_MS, worstMs) / LEAST_LATENCY_MS) / DECADES;
      return `${round(x(startMs + BUCKET_MS / 2))},${round(top + PLOT - Math.min(1, share) * PLOT)}`;
    })
    .join(' ');
}

/** A member's line: filled while it led, with the term. */
function lane(
  member: string,
  roles: readonly RoleSighting[],
  y: number,
  x: (atMs: number) => number,
  fromMs: number,
  toMs: number,
): string[] {
  const own = roles.filter((role) => role.member === member);
  const led = own.flatMap(({ role, atMs, term }, at) => {
    const untilMs = own[at + 1]?.atMs ?? toMs;
    if (role !== 'leader' || untilMs < fromMs || untilMs <= atMs) return [];
    const left = x(Math.max(atMs, fromMs));
    return [
      box('leads', left, y + 2, Math.max(1, x(untilMs) - left), LANE - 4),
      label('on', left + 4, y + LANE - 6, 'start', `term ${term}`),
    ];
  });
  return [
    label('soft', LEFT - 6, y + LANE - 6, 'end', member),
    `<path class="grid" d="M${LEFT} ${y + LANE}H${WIDTH - RIGHT}"/>`,
    ...led,
  ];
}

function box(kind: string, x: number, y: number, width: number, height: number): string {
  return `<rect class="${kind}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"/>`;
}

function label(kind: string, x: number, y: number, anchor: 'start' | 'middle' | 'end', content: string): string {
  return `<text class="${kind}" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
