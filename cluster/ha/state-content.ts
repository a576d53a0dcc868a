import type { StateSection } from '../../src/broker/state/snapshot-sections.ts';

type Row = readonly [type: number, version: number, content: string];

/** The broker's state as it stands in a recovery point of the native store. */
export function encodeState(sections: readonly StateSection[]): Buffer {
  const rows: Row[] = sections.map(({ type, version, content }) => [type, version, content.toString()]);
  return Buffer.from(JSON.stringify(rows));
}

export function decodeState(bytes: Buffer): StateSection[] {
  const rows = JSON.parse(bytes.toString()) as Row[];
  return rows.map(([type, version, content]) => ({ type, version, content: Buffer.from(content) }));
}
