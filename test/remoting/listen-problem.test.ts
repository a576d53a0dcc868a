import { expect, it } from 'vitest';
import { listenProblem } from '../../src/remoting/listen-problem.ts';

it('words why a port cannot be opened, with address and remedy', () => {
  const busy = { code: 'EADDRINUSE', error: 'listen EADDRINUSE: address already in use ::1:9876' };
  expect(listenProblem({ host: '::1', port: 9876 }, busy, 'Set another listenPort')).toBe(
    'cannot listen on [::1]:9876: another process uses it. Set another listenPort',
  );
  const denied = { code: 'EACCES', error: 'permission denied' };
  expect(listenProblem({ host: '0.0.0.0', port: 80 }, denied, 'R')).toBe(
    'cannot listen on 0.0.0.0:80: permission denied. R',
  );
  const foreign = { code: 'ENOTFOUND', error: 'getaddrinfo ENOTFOUND 1.2.3.x' };
  expect(listenProblem({ host: '1.2.3.x', port: 80 }, foreign, 'R')).toBe(
    'cannot listen on 1.2.3.x:80: getaddrinfo ENOTFOUND 1.2.3.x. Set bindAddress to an address of this machine',
  );
  expect(listenProblem({ host: '1.2.3.x', port: 80 }, foreign, 'R', 'Correct it')).toMatch(/\. Correct it$/);
});
