import { styleText } from 'node:util';
import { type ActiveFault, faultText, type Look } from '../../live/chaos/look.ts';
import { Pace } from './pace.ts';
import { sparkLine } from './spark-line.ts';

export interface LiveFrameOptions {
  /** What runs, in one line. */
  readonly title: string;
  /** What the one is called that takes the sends. */
  readonly head: 'leader' | 'master';
}

const MS_PER_SECOND = 1_000;
const SECONDS_PER_MINUTE = 60;
const LABEL_WIDTH = 10;
/** Lines above the events. */
const HEADER_LINES = 9;
/** Events that are remembered. */
const KEPT = 100;

/** The picture of a run that fills a terminal: how it stands, the pace of the last minutes, and what happened. */
export class LiveFrame {
  readonly #options: LiveFrameOptions;
  readonly #pace = new Pace();
  readonly #events: string[] = [];
  #startedMs: number | undefined;
  #last: Look | undefined;

  constructor(options: LiveFrameOptions) {
    this.#options = options;
  }

  /** Takes note of what has changed. */
  see(look: Look, nowMs: number): void {
    this.#startedMs ??= nowMs;
    this.#pace.see(look.counts.acknowledged, nowMs);
    const before = this.#last;
    this.#last = look;
    const tell = (text: string): void => {
      this.#events.push(`${clock(nowMs - (this.#startedMs ?? nowMs))}  ${text}`);
      if (this.#events.length > KEPT) this.#events.shift();
    };
    if (look.phase !== before?.phase) tell(look.phase);
    for (const fault of startedSince(before?.faults ?? [], look.faults)) tell(`fault: ${faultText(fault)}`);
    for (const fault of startedSince(look.faults, before?.faults ?? [])) tell(`over: ${faultText(fault)}`);
    if (look.leader !== before?.leader || look.term !== before?.term) tell(this.#who(look));
  }

  /** The picture for a terminal of this size; '' before anything was seen. */
  text(columns: number, rows: number): string {
    const look = this.#last;
    if (look === undefined) return '';
    const { counts, faults, leftMs } = look;
    const failed = `${counts.refused} refused, ${counts.unknown} unknown`;
    const wide = Math.max(1, columns - LABEL_WIDTH - 1);
    const shown = faults.map((fault) => `${faultText(fault)} (${seconds(fault.leftMs)} left)`).join(', ');
    const lines = [
      styleText('bold', clipped(this.#options.title, columns)),
      styleText('dim', clipped(look.phase, columns)),
      '',
      row(
        this.#options.head,
        look.leader === undefined ? styleText('red', clipped(this.#who(look), wide)) : clipped(this.#who(look), wide),
      ),
      row('sends', clipped(`${this.#pace.now.toFixed(0)}/s, ${counts.acknowledged} acknowledged`, wide)),
      row('errors', counts.refused + counts.unknown === 0 ? 'none' : styleText('yellow', clipped(failed, wide))),
      row('faults', faults.length === 0 ? 'none' : styleText('magenta', clipped(shown, wide))),
      row('left', seconds(leftMs)),
      row('pace', sparkLine(this.#pace.before.slice(-wide))),
    ];
    const room = Math.max(0, rows - HEADER_LINES - 2);
    const events =
      room === 0 ? [] : ['', ...this.#events.slice(-room).map((event) => styleText('dim', clipped(event, columns)))];
    return [...lines, ...events].slice(0, Math.max(1, rows - 1)).join('\n');
  }

  #who({ leader, term }: Look): string {
    if (leader === undefined) return `there is no ${this.#options.head}`;
    return term === undefined
      ? `${leader} is ${this.#options.head}`
      : `${leader} is ${this.#options.head} in term ${term}`;
  }
}

/** Faults of `after` that are none of `before`. */
function startedSince(before: readonly ActiveFault[], after: readonly ActiveFault[]): readonly ActiveFault[] {
  const known = new Set(before.map(faultText));
  return after.filter((fault) => !known.has(faultText(fault)));
}

function row(label: string, content: string): string {
  return `${label.padEnd(LABEL_WIDTH)}${content}`;
}

function clipped(text: string, columns: number): string {
  return text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`;
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / MS_PER_SECOND)} s`;
}

function clock(ms: number): string {
  const all = Math.floor(ms / MS_PER_SECOND);
  return `${Math.floor(all / SECONDS_PER_MINUTE)}:${`${all % SECONDS_PER_MINUTE}`.padStart(2, '0')}`;
}
