import type { Address } from '../../src/platform/ports.ts';
import { parseAddress } from '../../src/remoting/address.ts';

/** A member as the configuration names it. */
export interface PeerAddress extends Address {
  readonly id: string;
}

/** A wrong list of members: one sentence with key, value and remedy. */
export interface PeersFault {
  readonly message: string;
}

const example = 'write ID-HOST:PORT;ID-HOST:PORT, such as n0-127.0.0.1:40911;n1-broker-b.example:40912;n2-[::1]:40913';

/**
 * Reads the key of a group's members (`dLegerPeers`): members separated by `;`, each the id up to the first `-`, then host and port (DLedgerConfig.initPeerAddressMap). The host may
 * contain `-`; an IPv6 address stands in brackets.
 */
export function parsePeers(text: string, key = 'dLegerPeers'): PeerAddress[] | PeersFault {
  const fault = (why: string): PeersFault => ({ message: `${key}=${text} is wrong: ${why}; ${example}` });
  const peers: PeerAddress[] = [];
  for (const part of text.split(';')) {
    const item = part.trim();
    if (item === '') continue;
    const peer = parsePeer(item);
    if (typeof peer === 'string') return fault(`"${item}" ${peer}`);
    const other = peers.find(({ id, host, port }) => id === peer.id || (host === peer.host && port === peer.port));
    if (other?.id === peer.id) return fault(`${peer.id} appears twice`);
    if (other !== undefined) return fault(`${other.id} and ${peer.id} have the same address`);
    peers.push(peer);
  }
  return peers.length > 0 ? peers : fault('it names no member');
}

function parsePeer(item: string): PeerAddress | string {
  const dash = item.indexOf('-');
  if (dash <= 0) return 'has no id before a "-"';
  const id = item.slice(0, dash).trim();
  const rest = item.slice(dash + 1).trim();
  const address = parseAddress(rest);
  const bare = address?.host.includes(':') === true && !rest.startsWith('[');
  if (address === undefined || bare) return 'is not ID-HOST:PORT (an IPv6 address stands in brackets)';
  if (address.port < 1) return `has port ${address.port}, which is not between 1 and 65535`;
  return { id, ...address };
}
