import type { FaultBand } from '../checker/availability.ts';
import type { Fault } from '../fault/schedule.ts';
import type { SceneLimits } from './scene.ts';

/** After these the cluster may take longer (faults.md): a disk that is slow still has old writes before it, and who was down has to come up again. */
const LATE: ReadonlySet<string> = new Set(['slow-disk', 'blackout', 'power-all']);
const NS_PER_MS = 1_000_000;

interface Span {
  fromMs: number;
  toMs: number;
  readonly kinds: Set<string>;
}

/** When a cluster was disturbed: by faults, and by processes that were down. */
export class Disturbances {
  readonly #limits: Pick<SceneLimits, 'serveMs' | 'serveLateMs'>;
  readonly #spans: Span[];
  readonly #downSince = new Map<string, number>();

  /** `startedMs`: when there was somebody to be disturbed. */
  constructor(limits: Pick<SceneLimits, 'serveMs' | 'serveLateMs'>, startedMs = 0) {
    this.#limits = limits;
    this.#spans = [{ fromMs: startedMs, toMs: startedMs, kinds: new Set(['start']) }];
  }

  /** A fault hit somebody. */
  fault({ kind, forMs, amount = 0 }: Fault, nowMs: number): void {
    // What was given to a slow disk last is still on its way when it is fast again.
    const toMs = nowMs + forMs + (kind === 'slow-disk' ? amount : 0);
    this.#spans.push({ fromMs: nowMs, toMs, kinds: new Set([kind]) });
  }

  /** When the last of them has had its time, ms. */
  judgedMs(nowMs: number): number {
    const last = this.bands(nowMs).at(-1);
    return last === undefined ? 0 : (last.endNs + (last.healsWithinNs ?? 0)) / NS_PER_MS;
  }

  /** Hears what becomes of processes (TraceSink). */
  note(atMicros: number, server: string, what: string): void {
    const nowMs = atMicros / 1_000;
    if (what === 'gone') this.#downSince.set(server, nowMs);
    else if (what === 'opened') this.#up(server, nowMs);
  }

  #up(server: string, nowMs: number): void {
    const fromMs = this.#downSince.get(server);
    if (fromMs === undefined) return;
    this.#downSince.delete(server);
    this.#spans.push({ fromMs, toMs: nowMs, kinds: new Set() });
  }

  /**
   * The stretches of time in which something was wrong, up to now: those that leave the cluster less time than it may take are one. It must serve again within `healsWithinNs` after each.
   */
  bands(nowMs: number): FaultBand[] {
    const down = [...this.#downSince].map(([server, fromMs]) => ({ fromMs, toMs: nowMs, kinds: new Set([server]) }));
    const merged: Span[] = [];
    for (const { fromMs, toMs, kinds } of [...this.#spans, ...down].sort((a, b) => a.fromMs - b.fromMs)) {
      const last = merged.at(-1);
      if (last !== undefined && fromMs < last.toMs + this.#limitMs(last)) {
        last.toMs = Math.max(last.toMs, toMs);
        for (const kind of kinds) last.kinds.add(kind);
      } else merged.push({ fromMs, toMs, kinds: new Set(kinds) });
    }
    return merged.map((span) => ({
      name: [...span.kinds].join(', '),
      startNs: span.fromMs * NS_PER_MS,
      endNs: span.toMs * NS_PER_MS,
      healsWithinNs: this.#limitMs(span) * NS_PER_MS,
    }));
  }

  #limitMs({ kinds }: Span): number {
    const { serveMs, serveLateMs } = this.#limits;
    return [...kinds].some((kind) => LATE.has(kind)) ? serveLateMs : serveMs;
  }
}
