/** A JSON log line as people read it: `time LEVEL message  key=value key=value`. A line that is not JSON is returned as it is. */
export function formatLogLine(line: string): string {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    // Whatever reached the stream is shown rather than hidden.
    return line;
  }
  const { level, time, msg, ...fields } = entry;
  const shown = Object.entries(fields).map(([key, value]) => `${key}=${formatValue(value)}`);
  const head = `${String(time)} ${String(level).toUpperCase().padEnd(5)} ${String(msg)}`;
  return `${shown.length === 0 ? head : `${head}  ${shown.join(' ')}`}\n`;
}

function formatValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[\s"=]/.test(text) ? JSON.stringify(text) : text;
}
