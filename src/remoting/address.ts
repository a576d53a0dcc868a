import type { Address } from '../platform/ports.ts';

/** `host:port`, with an IPv6 literal in brackets. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Reads `host:port` or `[IPv6]:port`; undefined if it is neither. A bare IPv6 literal is read up to its last colon, as RocketMQ does. */
export function parseAddress(text: string): Address | undefined {
  const colon = text.lastIndexOf(':');
  const portText = text.slice(colon + 1);
  const port = Number(portText);
  if (colon < 1 || !/^\d{1,5}$/.test(portText) || port > 65_535) return undefined;
  const host = text.slice(0, colon);
  if (!host.startsWith('[')) return /[\s[\],;/]/.test(host) ? undefined : { host, port };
  const literal = host.slice(1, -1);
  return host.endsWith(']') && /^[0-9a-fA-F:.%\w]+$/.test(literal) ? { host: literal, port } : undefined;
}
