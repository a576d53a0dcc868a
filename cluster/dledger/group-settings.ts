import type { BrokerConfig } from '../../src/broker/config/broker-config.ts';
import { type PeerAddress, parsePeers } from '../raft-storage/peers.ts';

/** Who the members are and which of them this is, as the configuration says. */
export interface GroupSettings {
  readonly groupName: string;
  readonly self: PeerAddress;
  readonly peers: readonly PeerAddress[];
}

/** Reads the DLedger keys; a string is one sentence with key, value and remedy. */
export function groupSettings({ dLegerGroup, dLegerPeers, dLegerSelfId }: BrokerConfig): GroupSettings | string {
  return readGroupSettings(dLegerGroup, dLegerPeers, dLegerSelfId, { peers: 'dLegerPeers', selfId: 'dLegerSelfId' });
}

/** The same from the values of three keys, two of which are named. */
export function readGroupSettings(
  groupName: string,
  peersText: string,
  selfId: string,
  keys: { readonly peers: string; readonly selfId: string },
): GroupSettings | string {
  const peers = parsePeers(peersText, keys.peers);
  if ('message' in peers) return peers.message;
  const self = peers.find(({ id }) => id === selfId);
  if (self !== undefined) return { groupName, self, peers };
  const known = peers.map(({ id }) => id).join(', ');
  return `${keys.selfId}=${selfId}: it must be one of the members in ${keys.peers} (${known}). Correct one of the two`;
}
