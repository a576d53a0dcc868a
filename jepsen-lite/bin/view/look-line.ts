import { faultText, type Look } from '../../live/chaos/look.ts';
import { Pace } from './pace.ts';

const MS_PER_SECOND = 1_000;

/** Turns looks into lines: who leads, how fast it goes, what is wrong now, how long it still takes. */
export class LookLine {
  readonly #pace = new Pace();

  see({ counts }: Look, nowMs: number): void {
    this.#pace.see(counts.acknowledged, nowMs);
  }

  line({ phase, leader, term, counts, faults, leftMs }: Look): string {
    const who =
      leader === undefined ? 'nobody leads' : `${leader} leads${term === undefined ? '' : ` in term ${term}`}`;
    const errors = `${counts.refused} refused, ${counts.unknown} unknown`;
    const ill = faults.length === 0 ? 'no fault' : faults.map(faultText).join(', ');
    return `${phase}: ${who}, ${this.#pace.now.toFixed(0)} operations/s, ${errors}, ${ill}, ${(leftMs / MS_PER_SECOND).toFixed(0)} s left`;
  }
}
