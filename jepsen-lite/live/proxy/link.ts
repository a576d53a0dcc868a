/** How a link behaves from now on, apart from whether it is cut. */
export interface LinkQuality {
  /** Every chunk arrives so many milliseconds late, in order. */
  readonly delayMs: number;
  /** On top of that, up to so many milliseconds, drawn for each chunk. */
  readonly jitterMs: number;
  /** Share of chunks (0 to 1) that are lost once: they, and all behind them, wait until TCP would have sent them again. */
  readonly lossRatio: number;
}

/** A link that nothing ails. */
export const perfectLink: LinkQuality = { delayMs: 0, jitterMs: 0, lossRatio: 0 };

/** Direction of bytes: `out` from whoever dialed to the target, `in` the other way. */
export type Direction = 'out' | 'in';

/** The quality of each direction of a link. */
export type LinkQualities = Readonly<Record<Direction, LinkQuality>>;

export const perfectLinks: LinkQualities = { out: perfectLink, in: perfectLink };
