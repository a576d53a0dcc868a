import type { Address, NetworkError } from '../platform/ports.ts';
import { formatAddress } from './address.ts';

/**
 * One sentence for people about a port that cannot be opened. `remedy` is for a port that is taken, `addressRemedy` for an address that this machine does not have; both name
 * the key to change and have no full stop.
 */
export function listenProblem(
  address: Address,
  { code, error }: NetworkError,
  remedy: string,
  addressRemedy = 'Set bindAddress to an address of this machine',
): string {
  const what = code === 'EADDRINUSE' ? 'another process uses it' : error;
  return `cannot listen on ${formatAddress(address)}: ${what}. ${NO_ADDRESS.has(code) ? addressRemedy : remedy}`;
}

const NO_ADDRESS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL', 'EINVAL']);
