import { expect, it } from 'vitest';
import { LeaderHealth } from '../../../cluster/dledger/leader-health.ts';
import type { PeerStatus, ReplicaStatus } from '../../../raft/index.ts';
import { VirtualWorld } from '../../support/virtual-platform.ts';

const able = { voter: true, connected: true, inDoubt: false, unwell: false, state: 'replicate', lag: 0 };
const peers = [
  { ...able, id: 'n1', lag: 9 },
  { ...able, id: 'n2', lag: 3 },
] as PeerStatus[];

/** To whom a leader hands over within 5 s that is as `own` says, when. */
function handsOver(own: Partial<ReplicaStatus> | ((nowMs: number) => Partial<ReplicaStatus>)): [string, number][] {
  const { clock, timers, logger, world } = new VirtualWorld().start('n0');
  const begin = clock.monotonicMs();
  const asked: [string, number][] = [];
  const well = { role: 'leader', logDamaged: false, persistAgeMs: 0, transferringTo: undefined, peers };
  const health = new LeaderHealth({
    clock,
    timers,
    logger,
    status: () =>
      ({ ...well, ...(typeof own === 'function' ? own(clock.monotonicMs() - begin) : own) }) as ReplicaStatus,
    transfer: (to) => asked.push([to, Math.round(clock.monotonicMs() - begin)]),
  });
  health.start();
  world.advance(5_000);
  health.stop();
  return asked;
}

it('a leader that is well stays', () => {
  expect(handsOver({})).toEqual([]);
});

it('a leader whose log stays damaged for a second hands over to the one that lags least, and tries again', () => {
  expect(handsOver({ logDamaged: true })).toEqual([
    ['n2', 1_200],
    ['n2', 3_200],
  ]);
});

it('a log that is repaired at once moves nobody', () => {
  expect(handsOver((nowMs) => ({ logDamaged: nowMs % 1_000 < 800 }))).toEqual([]);
});

it('a leader whose disk hangs in a write for a second hands over', () => {
  expect(handsOver((nowMs) => ({ persistAgeMs: nowMs }))[0]).toEqual(['n2', 1_000]);
});

it('a follower, and a leader that hands over already, ask nobody', () => {
  expect(handsOver({ logDamaged: true, role: 'follower' })).toEqual([]);
  expect(handsOver({ logDamaged: true, transferringTo: 'n1' })).toEqual([]);
});

it.each(['connected', 'voter', 'inDoubt', 'unwell'] as const)('nobody is asked who should not lead: %s', (key) => {
  const [first, second] = peers as [PeerStatus, PeerStatus];
  expect(handsOver({ logDamaged: true, peers: [first, { ...second, [key]: !second[key] }] })[0]?.[0]).toBe('n1');
});

it('nobody is asked whose log is not known to agree yet, as this leader goes on meanwhile', () => {
  const [first, second] = peers as [PeerStatus, PeerStatus];
  for (const state of ['probe', 'behind'] as const) {
    expect(handsOver({ logDamaged: true, peers: [first, { ...second, state }] })[0]?.[0]).toBe('n1');
  }
});
