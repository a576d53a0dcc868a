import { createLogUpdate } from 'log-update';
import type { Look } from '../../live/chaos/look.ts';
import { LiveFrame, type LiveFrameOptions } from './live-frame.ts';
import { LookLine } from './look-line.ts';

/** Shows people how a run stands while it runs. */
export interface LiveView {
  show(look: Look): void;
  /** Makes room for something else, or for good. */
  clear(): void;
}

const EVERY_MS = 10_000;
const PAINT_MS = 200;
const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;

export interface ViewOptions extends LiveFrameOptions {
  /** Lines, even on a terminal. */
  readonly plain: boolean;
}

/** A picture that is painted anew in place where stderr is a terminal that people want colours on; else a line every ten seconds. */
export function openView(options: ViewOptions): LiveView {
  const { isTTY } = process.stderr;
  const { NO_COLOR = '', TERM = '' } = process.env;
  return isTTY && !options.plain && NO_COLOR === '' && TERM !== 'dumb' ? new PaintedView(options) : new LineView();
}

class PaintedView implements LiveView {
  readonly #frame: LiveFrame;
  readonly #paint = createLogUpdate(process.stderr, { showCursor: true });
  #paintedMs = 0;

  constructor(options: LiveFrameOptions) {
    this.#frame = new LiveFrame(options);
  }

  show(look: Look): void {
    const nowMs = performance.now();
    this.#frame.see(look, nowMs);
    if (nowMs - this.#paintedMs < PAINT_MS) return;
    this.#paintedMs = nowMs;
    // Where nobody has set a size, a terminal says that it has none.
    const { columns, rows } = process.stderr;
    this.#paint(this.#frame.text(columns || USUAL_COLUMNS, rows || USUAL_ROWS));
  }

  clear(): void {
    this.#paint.clear();
  }
}

class LineView implements LiveView {
  readonly #line = new LookLine();
  #shownMs = performance.now();

  show(look: Look): void {
    const nowMs = performance.now();
    this.#line.see(look, nowMs);
    if (nowMs - this.#shownMs < EVERY_MS) return;
    this.#shownMs = nowMs;
    process.stderr.write(`${this.#line.line(look)}\n`);
  }

  clear(): void {}
}
