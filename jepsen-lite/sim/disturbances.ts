import type { Failover, FaultBand } from '../checker/availability.ts';
import type { Fault } from '../fault/schedule.ts';
import type { SceneLimits } from './scene.ts';

/** After these the cluster may take longer (faults.md): a disk that is slow still has old writes before it, and who was down has to come up again. */
const LATE: ReadonlySet<string> = new Set(['slow-disk', 'blackout', 'power-all']);
/** So long after its fault ended a server that is whole counts again where nothing else is said: the others have noticed it. */
const SETTLED_MS = 1_000;
/** A link that is slower may let through less than clients send, where few appends may be under way at a time: that is no failover. */
const SLOWEST_LINK_MS = 100;
const NS_PER_MS = 1_000_000;

interface Span {
  fromMs: number;
  toMs: number;
  readonly kinds: Set<string>;
  /** Who is hit, or was not whole when it began; undefined: everybody, or nobody knows. */
  readonly servers?: ReadonlySet<string> | undefined;
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

  /** A fault hit somebody; `servers`: whom, and who was not whole before; missing where that may be anybody. */
  fault({ kind, forMs, amount = 0 }: Fault, nowMs: number, servers?: ReadonlySet<string>): void {
    // What was given to a slow disk last is still on its way when it is fast again.
    const toMs = nowMs + forMs + (kind === 'slow-disk' ? amount : 0);
    const felt = kind === 'slow-link' && amount > SLOWEST_LINK_MS ? undefined : servers;
    this.#spans.push({ fromMs: nowMs, toMs, kinds: new Set([kind]), servers: felt });
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
    this.#spans.push({ fromMs, toMs: nowMs, kinds: new Set(), servers: new Set([server]) });
  }

  /**
   * The stretches of time in which something was wrong, up to now: those that leave the cluster less time than it may take are one. It must serve again within `healsWithinNs` after each.
   */
  bands(nowMs: number): FaultBand[] {
    const merged: Span[] = [];
    for (const { fromMs, toMs, kinds } of this.#all(nowMs)) {
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

  /**
   * Faults that leave the cluster enough to go on with: from shortly before one begins until the cluster's time is over, no more than `limits.mostHit` servers are hit, by whatever. However long
   * the fault goes on, an operation that begins behind its beginning has to succeed in that time. Up to `endMs` there are operations. `settledMs`: so long after its fault a server counts as hit.
   */
  failovers(mostHit: number, endMs: number, settledMs = SETTLED_MS): Failover[] {
    const spans = this.#all(endMs);
    return spans.flatMap(({ fromMs, kinds }) => {
      const during = (forMs: number): Span[] =>
        spans.filter((one) => one.fromMs < fromMs + forMs && one.toMs > fromMs - settledMs);
      const limitMs = Math.max(...during(this.#limits.serveLateMs).map((one) => this.#limitMs(one)));
      // Who is down was hit when that began.
      if (kinds.size === 0 || fromMs + limitMs > endMs) return [];
      const hit = during(limitMs).map(({ servers }) => servers);
      if (hit.includes(undefined) || new Set(hit.flatMap((servers) => [...(servers ?? [])])).size > mostHit) return [];
      return [{ name: [...kinds].join(', '), startNs: fromMs * NS_PER_MS, withinNs: limitMs * NS_PER_MS }];
    });
  }

  /** All spans by their beginnings, those of processes that are down included. */
  #all(nowMs: number): Span[] {
    const down = [...this.#downSince].map(([server, fromMs]): Span => {
      return { fromMs, toMs: nowMs, kinds: new Set([server]), servers: new Set([server]) };
    });
    return [...this.#spans, ...down].sort((a, b) => a.fromMs - b.fromMs);
  }

  #limitMs({ kinds }: Span): number {
    const { serveMs, serveLateMs } = this.#limits;
    return [...kinds].some((kind) => LATE.has(kind)) ? serveLateMs : serveMs;
  }
}
