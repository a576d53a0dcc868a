import type { AvailabilityReport, Bucket, FaultBand } from './availability.ts';

const width = 960;
const plotHeight = 160;
const left = 56;
const top = 28;
const height = top + plotHeight + 36;

/**
 * A timeline as a standalone SVG: per bucket a bar of successes (green), certain failures (red) and unknown outcomes (amber), faults as grey
 * bands with their names, outages as a red line at the bottom. Same report, same text.
 */
export function drawAvailability(report: AvailabilityReport, title: string): string {
  const [first] = report.buckets;
  const startNs = first?.startNs ?? 0;
  const endNs = startNs + Math.max(1, report.buckets.length) * report.bucketNs;
  const x = (timeNs: number) => left + ((timeNs - startNs) / (endNs - startNs)) * (width - left - 16);
  const most = report.buckets.reduce((highest, bucket) => Math.max(highest, totalOf(bucket)), 1);
  const parts = [
    text(left, 18, 'start', title),
    ...report.recoveries.map(({ fault }, at) => faultBand(fault, at, startNs, endNs, x)),
    ...report.buckets.map((bucket) => bar(bucket, report.bucketNs, most, x)),
    ...report.outages.map((outage) => box(x(outage.startNs), top + plotHeight + 2, x(outage.endNs), 4, '#c62828', 1)),
    text(left - 6, top + 10, 'end', String(most)),
    text(left - 6, top + plotHeight, 'end', '0'),
    text(left, height - 6, 'start', '0 s'),
    text(width - 16, height - 6, 'end', `${((endNs - startNs) / 1e9).toFixed(1)} s`),
  ];
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11">\n${parts.join('\n')}\n</svg>\n`;
}

function totalOf({ ok, failed, unknown }: Bucket): number {
  return ok + failed + unknown;
}

function bar(bucket: Bucket, bucketNs: number, most: number, x: (timeNs: number) => number): string {
  const from = x(bucket.startNs);
  const to = x(bucket.startNs + bucketNs) - 0.5;
  const layers = [
    [bucket.ok, '#2e7d32'],
    [bucket.failed, '#c62828'],
    [bucket.unknown, '#f9a825'],
  ] as const;
  let bottom = top + plotHeight;
  const boxes = layers.map(([count, colour]) => {
    const tall = (count / most) * plotHeight;
    bottom -= tall;
    return count === 0 ? '' : box(from, bottom, to, tall, colour, 1);
  });
  return boxes.join('');
}

function faultBand(
  fault: FaultBand,
  at: number,
  startNs: number,
  endNs: number,
  x: (timeNs: number) => number,
): string {
  const from = x(Math.min(endNs, Math.max(startNs, fault.startNs)));
  const to = x(Math.max(startNs, Math.min(endNs, fault.endNs)));
  // Names of neighbours stand on different lines.
  const nameY = top + 10 + (at % 3) * 12;
  return (
    box(from, top, Math.max(to, from + 1), plotHeight, '#9e9e9e', 0.35) + text(from + 2, nameY, 'start', fault.name)
  );
}

function box(from: number, y: number, to: number, tall: number, fill: string, opacity: number): string {
  const place = `x="${round(from)}" y="${round(y)}" width="${round(Math.max(0.5, to - from))}" height="${round(tall)}"`;
  return `<rect ${place} fill="${fill}" fill-opacity="${opacity}"/>`;
}

function text(x: number, y: number, anchor: 'start' | 'end', content: string): string {
  const escaped = content.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escaped}</text>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
