/** A value as fastjson prints it; a Map is an object with number keys. */
export type PrettyValue =
  | string
  | number
  | boolean
  | readonly PrettyValue[]
  | ReadonlyMap<number, PrettyValue>
  | { readonly [key: string]: PrettyValue };

/**
 * JSON in the form of fastjson's PrettyFormat: tabs, no blank after a colon, and number keys bare and all on the line of the brace,
 * which makes it no standard JSON. Tools read it, so it stays.
 */
export function prettyJson(value: PrettyValue, depth = 0): string {
  if (typeof value !== 'object') return JSON.stringify(value);
  const end = `\n${'\t'.repeat(depth)}`;
  const next = `${end}\t`;
  if (value instanceof Map) {
    const entries = [...value].map(([key, member]) => `${key}:${prettyJson(member, depth + 1)}`);
    return entries.length === 0 ? '{}' : `{${entries.join(',')}${end}}`;
  }
  if (Array.isArray(value)) {
    const items = value.map((item: PrettyValue) => next + prettyJson(item, depth + 1));
    return items.length === 0 ? '[]' : `[${items.join(',')}${end}]`;
  }
  const members = Object.entries(value as { readonly [key: string]: PrettyValue });
  const fields = members.map(([key, member]) => `${next}${JSON.stringify(key)}:${prettyJson(member, depth + 1)}`);
  return fields.length === 0 ? '{}' : `{${fields.join(',')}${end}}`;
}
