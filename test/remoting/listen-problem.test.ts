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
});
