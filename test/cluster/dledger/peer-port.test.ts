import { expect, test } from 'vitest';
import { listenHost } from '../../../cluster/dledger/peer-port.ts';

test('a member listens where the others dial it, unless it is told where', () => {
  expect(listenHost('0.0.0.0', '192.0.2.1')).toBe('0.0.0.0');
  expect(listenHost('0.0.0.0', 'broker.example')).toBe('0.0.0.0');
  expect(listenHost('0.0.0.0', '2001:db8::1')).toBe('::');
  expect(listenHost('127.0.0.1', '::1')).toBe('127.0.0.1');
});
