import { describe, expect, it } from 'vitest';
import { describeNode, type PeerStatus, takeoverProblem } from '../../raft/index.ts';
import { Solo } from './solo.ts';

const able: PeerStatus = {
  id: 'n1',
  voter: true,
  connected: true,
  incarnation: 1,
  inDoubt: false,
  unwell: false,
  match: 7,
  synced: 7,
  lag: 0,
  state: 'replicate',
  heard: true,
};

describe('who may take leadership over', () => {
  it.each<[Partial<PeerStatus>, string]>([
    [{ voter: false }, 'n1 is a learner'],
    [{ connected: false }, 'n1 is not connected'],
    [{ inDoubt: true }, 'n1 may lack entries that it acknowledged'],
    [{ unwell: true }, 'n1 is not well: its disk is slow or its log damaged'],
    [{ state: 'behind' }, 'n1 is behind the oldest kept entry'],
  ])('not who is %j', (own, problem) => {
    expect(takeoverProblem({ ...able, ...own })).toBe(problem);
  });

  it.each<Partial<PeerStatus>>([{}, { lag: 1_000 }, { state: 'probe' }, { heard: false }])(
    'any other, as a transfer waits for it: %j',
    (own) => {
      expect(takeoverProblem({ ...able, ...own })).toBeUndefined();
    },
  );

  it('is told of the peers of a status with the words of the transfer that is refused', () => {
    const leader = new Solo().lead();
    leader.ack('n1', 2);
    leader.hello('n2', { incarnation: 2, inDoubt: true });
    const problems = describeNode(leader.node).peers.map((peer) => [peer.id, takeoverProblem(peer)]);
    expect(problems).toEqual([
      ['n1', undefined],
      ['n2', 'n2 may lack entries that it acknowledged'],
    ]);
    expect(leader.node.transferTo('n2')).toBe(problems[1]?.[1]);
    expect(leader.node.transferTo('n1')).toBeUndefined();
  });
});
