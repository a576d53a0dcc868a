import type { BrokerConfig } from '../../src/broker/config/broker-config.ts';
import { type PeerAddress, parsePeers } from '../raft-storage/peers.ts';

/** Who the members are and which of them this is, as the configuration says. */
export interface GroupSettings {
  readonly groupName: string;
  readonly self: PeerAddress;
  readonly peers: readonly PeerAddress[];
}

/** Reads the DLedger keys; a string is one sentence with key, value and remedy. */
export function groupSettings(config: BrokerConfig): GroupSettings | string {
  const peers = parsePeers(config.dLegerPeers);
  if ('message' in peers) return peers.message;
  const self = peers.find(({ id }) => id === config.dLegerSelfId);
  if (self === undefined) {
    const known = peers.map(({ id }) => id).join(', ');
    return `dLegerSelfId=${config.dLegerSelfId}: it must be one of the members in dLegerPeers (${known}). Correct one of the two`;
  }
  return { groupName: config.dLegerGroup, self, peers };
}
