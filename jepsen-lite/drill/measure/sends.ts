import type { History, Outcome } from '../../checker/history.ts';
import { rankOf } from './spread.ts';

/** One send as a client saw it, on the clock of the run. */
export interface Send {
  readonly value: string;
  readonly callMs: number;
  readonly endMs: number;
  readonly outcome: Outcome;
}

/** What was sent during some time; sends count where they ended. */
export interface SendFigures {
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
  readonly perSecond: number;
  /** Of acknowledged sends; 0 without one. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Longest time without an acknowledgement. */
  readonly longestGapMs: number;
}

const NS_PER_MS = 1_000_000;
const MS_PER_SECOND = 1_000;

/** All sends that have ended, by their ends. */
export function sendsOf(history: History, fromId = 0): Send[] {
  const sends: Send[] = [];
  for (let id = fromId; id < history.size; id++) {
    const { op, value, callNs, endNs, outcome } = history.operation(id);
    if (op !== 'append' || endNs === undefined) continue;
    sends.push({ value: String(value), callMs: callNs / NS_PER_MS, endMs: endNs / NS_PER_MS, outcome });
  }
  return sends.sort((a, b) => a.endMs - b.endMs);
}

/** How long the oldest send without an end is under way; 0 without one. */
export function oldestOpenMs(history: History, fromId: number, nowMs: number): number {
  for (let id = fromId; id < history.size; id++) {
    const { op, callNs, endNs } = history.operation(id);
    if (op === 'append' && endNs === undefined) return nowMs - callNs / NS_PER_MS;
  }
  return 0;
}

/** How many sends without success were under way at some time from `fromMs` to `toMs`, whenever they ended: one that hangs when a trial ends fails much later. */
export function failedBetween(sends: readonly Send[], fromMs: number, toMs: number): number {
  return sends.filter(({ callMs, endMs, outcome }) => outcome !== 'ok' && endMs >= fromMs && callMs < toMs).length;
}

/** Figures of the sends that ended from `fromMs` to `toMs`. */
export function figuresOf(sends: readonly Send[], fromMs: number, toMs: number): SendFigures {
  const ended = sends.filter(({ endMs }) => endMs >= fromMs && endMs < toMs);
  const acknowledged = ended.filter(({ outcome }) => outcome === 'ok');
  const refused = ended.filter(({ outcome }) => outcome === 'fail').length;
  const latencies = acknowledged.map(({ callMs, endMs }) => endMs - callMs).sort((a, b) => a - b);
  let longestGapMs = 0;
  let beforeMs = fromMs;
  for (const endMs of [...acknowledged.map((send) => send.endMs), toMs]) {
    longestGapMs = Math.max(longestGapMs, endMs - beforeMs);
    beforeMs = endMs;
  }
  return {
    acknowledged: acknowledged.length,
    refused,
    unknown: ended.length - acknowledged.length - refused,
    perSecond: (acknowledged.length / Math.max(1, toMs - fromMs)) * MS_PER_SECOND,
    p50Ms: latencies.length === 0 ? 0 : rankOf(latencies, 0.5),
    p99Ms: latencies.length === 0 ? 0 : rankOf(latencies, 0.99),
    longestGapMs,
  };
}
