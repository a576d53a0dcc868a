import { expect, it } from 'vitest';
import { DledgerMastership } from '../../../cluster/dledger/dledger-mastership.ts';
import { Forwarder } from '../../../cluster/dledger/forwarder.ts';
import type { Replica } from '../../../raft/index.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { createVirtualPlatform } from '../../support/virtual-platform.ts';

/** The mastership of n1, which was told that it is a ready leader of term 5; `core` is what the core says by now. */
function leaderOfTerm5() {
  const platform = createVirtualPlatform();
  const core = { isLeader: true, term: 5 };
  const { clock, timers } = platform;
  const forwarder = new Forwarder({ clock, timers, client: new RemotingClient({ platform }), leader: () => undefined });
  const mastership = new DledgerMastership('n1', () => core as Replica, forwarder);
  const seen = () => [mastership.serving, mastership.brokerId];
  expect(seen()).toEqual([false, 2]);
  mastership.leaderReady(5);
  expect(seen()).toEqual([true, 0]);
  return { core, mastership, seen };
}

it('a leader serves no longer from the moment on in which its core steps down, before that is told', () => {
  const { core, mastership, seen } = leaderOfTerm5();
  core.isLeader = false;
  expect(seen()).toEqual([false, 2]);
  mastership.notLeader();
  expect(seen()).toEqual([false, 2]);
});

it('a leader that was elected again serves only when it is ready in the later term (raft/SAFETY.md 4)', () => {
  const { core, mastership, seen } = leaderOfTerm5();
  core.term = 6;
  expect(seen()).toEqual([false, 2]);
  mastership.leaderReady(6);
  expect(seen()).toEqual([true, 0]);
});

it('who is told that it follows serves no longer', () => {
  const { mastership, seen } = leaderOfTerm5();
  mastership.notLeader();
  expect(seen()).toEqual([false, 2]);
});
