const BARS = '▁▂▃▄▅▆▇█';

/** Figures as a row of bars, one character each; nothing at all is a dot, so that an outage is seen. */
export function sparkLine(figures: readonly number[]): string {
  const most = Math.max(...figures, 0);
  return figures
    .map((figure) => {
      if (figure <= 0) return '·';
      return BARS[Math.min(BARS.length - 1, Math.floor((figure / most) * BARS.length))] ?? '·';
    })
    .join('');
}
