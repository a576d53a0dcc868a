import { rows } from '../rows.ts';
import { type BenchResult, FLOOR, type RowResult } from './result.ts';

const HEAD = [
  '',
  'msg/s',
  'MB/s',
  'p50 ms',
  'p99 ms',
  'p99.9 ms',
  'of floor',
  'p99/floor',
  'us/msg: leader',
  'all',
  'cores: leader',
  'followers',
  'load',
];

/** The result for people. */
export function formatResult(result: BenchResult): string {
  const tables = rows.map(({ name }) => rowTable(result, name));
  return [machineLines(result), ...tables, result.remarks.join('\n')].filter((text) => text !== '').join('\n\n');
}

function machineLines({ machine, bodyBytes, seconds, warmUpSeconds, results }: BenchResult): string {
  const { cpu, cores, memoryGb, system, node, loadBefore, fdatasyncMs, filesystem } = machine;
  const runs = Math.max(0, ...results.map((each) => each.runs.length));
  return [
    `${cores} x ${cpu}, ${memoryGb} GB, ${system}, Node ${node}; load average before: ${loadBefore.toFixed(1)}`,
    `Data ${filesystem}; fdatasync of 4 KiB: p50 ${fdatasyncMs.p50.toFixed(2)} ms, p99 ${fdatasyncMs.p99.toFixed(2)} ms`,
    `Bodies of ${bodyBytes} bytes; ${seconds} s after ${warmUpSeconds} s of warm-up; medians of ${runs} runs`,
  ].join('\n');
}

function rowTable({ results, bodyBytes }: BenchResult, row: string): string {
  const own = results.filter((each) => each.row === row);
  if (own.length === 0) return '';
  const floor = own.find(({ contender }) => contender === FLOOR);
  const lines = own.map((each) => cells(each, floor, bodyBytes));
  return `${rows.find(({ name }) => name === row)?.title}\n${align([HEAD, ...lines])}`;
}

function cells({ contender, median }: RowResult, floor: RowResult | undefined, bodyBytes: number): string[] {
  const { messagesPerSecond, p50, p99, p999, cores } = median;
  const base = contender === FLOOR ? undefined : floor?.median;
  const time = (ms: number) => (ms === 0 ? '-' : ms.toFixed(ms < 10 ? 2 : 1));
  const used = (value: number | undefined) => value?.toFixed(2) ?? '-';
  const perMessage = (value: number | undefined) =>
    value === undefined ? '-' : ((1e6 * value) / messagesPerSecond).toFixed(1);
  const [leader, ...rest] = cores;
  const load = rest.pop();
  return [
    contender,
    Math.round(messagesPerSecond).toLocaleString('en-US'),
    ((messagesPerSecond * bodyBytes) / 1e6).toFixed(1),
    time(p50),
    time(p99),
    time(p999),
    base === undefined ? '' : `${Math.round((100 * messagesPerSecond) / base.messagesPerSecond)} %`,
    base === undefined || p99 === 0 ? '' : `${(p99 / base.p99).toFixed(2)} x`,
    perMessage(leader),
    perMessage(cores.every((each) => each !== undefined) ? cores.reduce((sum, each) => sum + each, 0) : undefined),
    used(leader),
    rest.map(used).join(' '),
    used(load),
  ];
}

function align(lines: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `  ${line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ')}`,
    )
    .join('\n');
}
