/** `yyyy-MM-dd HH:mm:ss` in the time zone of this machine. */
export function secondsText(atMs: number): string {
  const at = new Date(atMs);
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${date} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`;
}

/** `yyyy-MM-dd HH:mm:ss,SSS` in the time zone of this machine. */
export function millisecondsText(atMs: number): string {
  return `${secondsText(atMs)},${String(new Date(atMs).getMilliseconds()).padStart(3, '0')}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
