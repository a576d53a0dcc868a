import type { Violation } from '../invariant/invariant.ts';
import { drawTimeline, type Span } from './timeline-svg.ts';

/** Gathers the notes of one run into what can be drawn: how each member was over time, faults, and ends of client operations. */
export class Timeline {
  readonly #title: string;
  /** By member: what it is since when. */
  readonly #now = new Map<string, { readonly what: Span['what']; readonly fromMs: number }>();
  readonly #spans: Span[] = [];
  readonly #faults: { kind: string; target: string; fromMs: number; toMs: number }[] = [];
  readonly #ends: { atMs: number; outcome: string }[] = [];
  #healedMs: number | undefined;
  #endMs = 0;

  constructor(title: string) {
    this.#title = title;
  }

  /** A TraceSink. */
  note(atMicros: number, node: string, what: string, a: number, _b: number): void {
    const atMs = atMicros / 1_000;
    this.#endMs = Math.max(this.#endMs, atMs);
    if (what === 'opened' || what === 'follows') this.#becomes(node, 'follows', atMs);
    else if (what === 'leads' || what === 'serves') this.#becomes(node, what, atMs);
    else if (what === 'gone') this.#becomes(node, 'down', atMs);
    else if (what === 'healed') this.#healedMs = atMs;
    else if (what === 'ok' || what === 'fail' || what === 'unknown') this.#ends.push({ atMs, outcome: what });
    else if (what.startsWith('fault '))
      this.#faults.push({ kind: what.slice('fault '.length), target: node, fromMs: atMs, toMs: atMs + a });
  }

  #becomes(node: string, what: Span['what'], atMs: number): void {
    const before = this.#now.get(node);
    if (before !== undefined) this.#spans.push({ node, what: before.what, fromMs: before.fromMs, toMs: atMs });
    this.#now.set(node, { what, fromMs: atMs });
  }

  /** The run as SVG; a broken promise is marked. */
  draw(violation: Violation | undefined): string {
    const endMs = this.#endMs;
    const open = [...this.#now].map(([node, { what, fromMs }]): Span => ({ node, what, fromMs, toMs: endMs }));
    const spans = [...this.#spans, ...open];
    return drawTimeline({
      title: this.#title,
      endMs,
      spans,
      nodes: [...this.#now.keys()].sort(),
      faults: this.#faults,
      ends: this.#ends,
      healedMs: this.#healedMs,
      violation,
    });
  }
}
