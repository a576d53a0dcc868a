import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NameServerWatch } from '../../../../jepsen-lite/drill/target/name-server-watch.ts';
import type { Platform } from '../../../../src/platform/ports.ts';

/** What the name server says, one answer after another; undefined: it does not answer. */
let answers: (Readonly<Record<number, string>> | undefined)[] = [];

vi.mock('../../../../cluster/launch/group-view.ts', () => ({
  GroupView: class {
    clusterInfo() {
      const brokers = answers.shift();
      const table = new Map([
        ['a', { brokerAddrs: new Map(Object.entries(brokers ?? {}).map(([id, at]) => [+id, at])) }],
      ]);
      return Promise.resolve(brokers === undefined ? undefined : { brokerAddrTable: table });
    }
    close(): void {}
  },
}));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('each other master that the name server names has a term of its own; where nobody is named, or nothing is said, no term begins', async () => {
  answers = [{ 0: 'h:0', 1: 'h:1' }, { 0: 'h:0' }, undefined, { 1: 'h:1' }, { 0: 'h:1' }, { 0: 'h:0', 1: 'h:1' }];
  const watch = new NameServerWatch({
    platform: {} as Platform,
    nameServer: 'ns:1',
    names: new Map([
      ['h:0', 'n0'],
      ['h:1', 'n1'],
    ]),
    nowMs: () => 5,
  });
  const terms: number[] = [];
  const masters: (string | undefined)[] = [];
  for (let poll = 0; poll < 6; poll++) {
    await vi.advanceTimersByTimeAsync(poll === 0 ? 0 : 20);
    terms.push(watch.term);
    masters.push(watch.master);
  }
  expect(terms).toEqual([1, 1, 1, 1, 2, 3]);
  expect(masters).toEqual(['n0', 'n0', 'n0', undefined, 'n1', 'n0']);
  expect(watch.sightings.map(({ member, term, role }) => `${member} ${role} ${term}`)).toEqual([
    'n0 leader 1',
    'n1 leader 2',
    'n0 leader 3',
  ]);
  expect([...watch.registered]).toEqual(['h:0', 'h:1']);
  const closed = watch.close();
  await vi.advanceTimersByTimeAsync(20);
  await closed;
});
