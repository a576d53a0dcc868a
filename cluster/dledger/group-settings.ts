import type { BrokerConfig } from '../../src/broker/config/broker-config.ts';
import { type PeerAddress, parsePeers } from '../raft-storage/peers.ts';

/** Who the members are and which of them this is, as the configuration says. */
export interface GroupSettings {
  readonly groupName: string;
  readonly self: PeerAddress;
  readonly peers: readonly PeerAddress[];
}

/** Keys of the same meaning for brokers and for controllers. */
interface Keys {
  readonly peers: string;
  readonly selfId: string;
}

const dledgerKeys: Keys = { peers: 'dLegerPeers', selfId: 'dLegerSelfId' };

/**
 * Reads the DLedger keys; a string is one sentence with key, value and remedy. `inLog`: where this member is by its own log, which rules who is one (raft/SAFETY.md 8), if `dLegerPeers` does
 * not name it.
 */
export function groupSettings(config: BrokerConfig, inLog?: PeerAddress): GroupSettings | string {
  const { dLegerGroup, dLegerPeers, dLegerSelfId, listenPort, haListenPort, httpPort } = config;
  const settings = readGroupSettings(dLegerGroup, dLegerPeers, dLegerSelfId, dledgerKeys, inLog);
  if (typeof settings === 'string') return settings;
  const others = Object.entries({ listenPort, haListenPort, httpPort });
  const twice = others.find(([, port]) => port !== 0 && port === settings.self.port);
  if (twice === undefined) return settings;
  return `dLegerPeers=${dLegerPeers}: the port of ${dLegerSelfId} is ${twice[0]}=${twice[1]}, too. Give one of the two another port`;
}

/** Whether the group has this member alone. */
export function isAlone({ self, peers }: GroupSettings): boolean {
  return peers.every(({ id }) => id === self.id);
}

/** The same from the values of three keys, two of which are named. */
export function readGroupSettings(
  groupName: string,
  peersText: string,
  selfId: string,
  keys: Keys,
  inLog?: PeerAddress,
): GroupSettings | string {
  const peers = parsePeers(peersText, keys.peers);
  if ('message' in peers) return peers.message;
  const self = peers.find(({ id }) => id === selfId) ?? inLog;
  if (self !== undefined) return { groupName, self, peers };
  const known = peers.map(({ id }) => id).join(', ');
  return `${keys.selfId}=${selfId}: it must be one of the members in ${keys.peers} (${known}). Correct one of the two`;
}
