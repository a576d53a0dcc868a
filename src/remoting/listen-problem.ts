import type { Address, NetworkError } from '../platform/ports.ts';
import { formatAddress } from './address.ts';

/** One sentence for people about a port that cannot be opened; `remedy` names the key to change and has no full stop. */
export function listenProblem(address: Address, { code, error }: NetworkError, remedy: string): string {
  const what = code === 'EADDRINUSE' ? 'another process uses it' : error;
  return `cannot listen on ${formatAddress(address)}: ${what}. ${remedy}`;
}
