import type { Command } from '../../../../cluster/controller/state/command.ts';

/** Three brokers of the set `a` have their ids. */
export const FOUNDING: readonly Command[] = [1, 2, 3].map((brokerId) => {
  return {
    kind: 'apply-broker-id',
    clusterName: 'c',
    brokerName: 'a',
    brokerId,
    checkCode: `h${brokerId}:1;${brokerId}`,
  };
});

/** The set needs a master; ids of those that are alive. */
export function electing(brokerId: number | undefined, alive: readonly number[]): Command {
  const live = alive.map((each) => ({ brokerId: each, epoch: 1, maxOffset: 0, priority: 0 }));
  return { kind: 'elect-master', brokerName: 'a', brokerId, designated: false, unclean: false, live };
}

/** What master 1, which was just elected, proposes: that 2 is in sync with it. */
export function altering(wrong: Partial<Extract<Command, { kind: 'alter-sync-state-set' }>>): Command {
  const [epochs, both] = [{ masterEpoch: 1, syncStateSetEpoch: 1 }, [1, 2]];
  return {
    kind: 'alter-sync-state-set',
    brokerName: 'a',
    masterId: 1,
    ...epochs,
    syncStateSet: both,
    alive: both,
    ...wrong,
  };
}
