import { assert } from '../../base/assert.ts';

/** Bytes of a host field in a record: address, then a 4-byte port. */
export const HOST_V4_BYTES = 8;
export const HOST_V6_BYTES = 20;
const PORT_BYTES = 4;

/** The record form of an IP address and port, or undefined if `address` is not an IPv4 or IPv6 literal. */
export function encodeHost(address: string, port: number): Buffer | undefined {
  const bytes = parseAddress(address);
  if (bytes === undefined) return undefined;
  const out = Buffer.alloc(bytes.length + PORT_BYTES);
  out.set(bytes);
  out.writeInt32BE(port, bytes.length);
  return out;
}

/** An address and port. */
export interface Host {
  readonly address: string;
  readonly port: number;
}

/** The reverse of `encodeHost` for `host` of 8 or 20 bytes. IPv6 is printed as Java does: eight groups, no `::`. */
export function decodeHost(host: Buffer): Host {
  assert(host.length === HOST_V4_BYTES || host.length === HOST_V6_BYTES, 'a host has 8 or 20 bytes');
  const port = host.readInt32BE(host.length - PORT_BYTES);
  if (host.length === HOST_V4_BYTES) return { address: `${host[0]}.${host[1]}.${host[2]}.${host[3]}`, port };
  const groups: string[] = [];
  for (let at = 0; at < 16; at += 2) groups.push(host.readUInt16BE(at).toString(16));
  return { address: groups.join(':'), port };
}

/** `ip:port`, IPv6 in brackets. */
export function hostText({ address, port }: Host): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The 4 or 16 bytes of an IP literal, or undefined. */
export function parseAddress(address: string): number[] | undefined {
  return address.includes(':') ? parseV6(address) : parseV4(address);
}

function parseV4(address: string): number[] | undefined {
  const parts = address.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.map(Number);
}

function parseV6(address: string): number[] | undefined {
  const [withoutZone = ''] = address.split('%');
  const halves = withoutZone.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '');
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    const last = index === groups.length - 1;
    const v4 = last && group.includes('.') ? parseV4(group) : undefined;
    if (v4 !== undefined) bytes.push(...v4);
    else if (/^[0-9a-fA-F]{1,4}$/.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return undefined;
  }
  return bytes;
}
