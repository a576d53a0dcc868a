import type { AvailabilityReport, Bucket, FaultBand } from './availability.ts';
import { colours, drawingStyle } from './drawing-style.ts';
import { placeLabels, rowsOf } from './label-rows.ts';

const width = 960;
const plotHeight = 160;
const left = 56;
const right = 16;
const titleY = 18;
/** Of each row of names above the bars. */
const labelRow = 12;

/**
 * A timeline as a standalone SVG, for light and dark screens: per bucket a bar of successes (green), certain failures (red) and unknown outcomes (amber), faults as grey
 * bands with their names above, outages as a red line at the bottom. Same report, same text.
 */
export function drawAvailability(report: AvailabilityReport, title: string): string {
  const [first] = report.buckets;
  const startNs = first?.startNs ?? 0;
  const endNs = startNs + Math.max(1, report.buckets.length) * report.bucketNs;
  const x = (timeNs: number) => left + ((timeNs - startNs) / (endNs - startNs)) * (width - left - right);
  const bands = report.recoveries.map(({ fault }) => bandOf(fault, startNs, endNs, x));
  const labels = placeLabels(
    bands.map(({ from, name }) => ({ x: from, text: name })),
    width - right,
  );
  const top = titleY + 10 + rowsOf(labels) * labelRow;
  const height = top + plotHeight + 36;
  const most = report.buckets.reduce((highest, bucket) => Math.max(highest, totalOf(bucket)), 1);
  const parts = [
    text(left, titleY, 'start', title),
    ...bands.map(({ from, to }) => box('fault', from, top, to, plotHeight)),
    ...labels.map(({ x: from, row, text: name }) => text(from, titleY + 16 + row * labelRow, 'start', name)),
    ...report.buckets.map((bucket) => bar(bucket, report.bucketNs, most, top + plotHeight, x)),
    ...report.outages.map((outage) => box('bad', x(outage.startNs), top + plotHeight + 2, x(outage.endNs), 4)),
    text(left - 6, top + 10, 'end', String(most)),
    text(left - 6, top + plotHeight, 'end', '0'),
    text(left, height - 6, 'start', '0 s'),
    text(width - right, height - 6, 'end', `${((endNs - startNs) / 1e9).toFixed(1)} s`),
  ];
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n<style>\n${colours}\n${drawingStyle}\n</style>\n<rect class="back" width="100%" height="100%"/>\n${parts.join('\n')}\n</svg>\n`;
}

function totalOf({ ok, failed, unknown }: Bucket): number {
  return ok + failed + unknown;
}

function bar(bucket: Bucket, bucketNs: number, most: number, ground: number, x: (timeNs: number) => number): string {
  const from = x(bucket.startNs);
  const to = x(bucket.startNs + bucketNs) - 0.5;
  const layers = [
    [bucket.ok, 'ok'],
    [bucket.failed, 'bad'],
    [bucket.unknown, 'maybe'],
  ] as const;
  let bottom = ground;
  const boxes = layers.map(([count, kind]) => {
    const tall = (count / most) * plotHeight;
    bottom -= tall;
    return count === 0 ? '' : box(kind, from, bottom, to, tall);
  });
  return boxes.join('');
}

/** A fault where it is seen, at least a unit wide. */
function bandOf(fault: FaultBand, startNs: number, endNs: number, x: (timeNs: number) => number) {
  const from = x(Math.min(endNs, Math.max(startNs, fault.startNs)));
  const to = x(Math.max(startNs, Math.min(endNs, fault.endNs)));
  return { name: fault.name, from, to: Math.max(to, from + 1) };
}

function box(kind: string, from: number, y: number, to: number, tall: number): string {
  const place = `x="${round(from)}" y="${round(y)}" width="${round(Math.max(0.5, to - from))}" height="${round(tall)}"`;
  return `<rect class="${kind}" ${place}/>`;
}

function text(x: number, y: number, anchor: 'start' | 'end', content: string): string {
  const escaped = content.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return `<text class="soft" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escaped}</text>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
