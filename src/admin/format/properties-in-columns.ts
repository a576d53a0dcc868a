import { parseProperties } from '../../broker/config/properties.ts';

/** The lines of a properties text in columns, sorted by key (RocketMQ's tools print them in the order of a hash table). */
export function propertiesInColumns(properties: string): string {
  const sorted = [...parseProperties(properties).entries].sort((a, b) => (a.key < b.key ? -1 : 1));
  return sorted.map(({ key, value }) => `${key.padEnd(50)}=  ${value}\n`).join('');
}
