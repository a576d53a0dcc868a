import { describe, expect, it, test } from 'vitest';
import type { BrokerSet } from '../../../cluster/controller/state/broker-set.ts';
import type { ElectMaster } from '../../../cluster/controller/state/command.ts';
import type { BrokerWatch } from '../../../jepsen-lite/controller/broker-watch.ts';
import { ConfirmedHistories } from '../../../jepsen-lite/controller/confirmed-histories.ts';
import { ConfirmedPrefix } from '../../../jepsen-lite/controller/confirmed-prefix.ts';
import { UncleanElections } from '../../../jepsen-lite/controller/unclean-elections.ts';
import { FILE_BYTES, filesOf, recordOf } from './log-of.ts';

const replica = { address: '', checkCode: '', learner: false, starts: [] };
const replicas = new Map([1, 2, 3].map((id) => [id, replica]));
const before = { masterEpoch: 1, masterId: 1, syncStateSet: [1], uncleanEpoch: 0, replicas } as unknown as BrokerSet;
const after = { ...before, masterEpoch: 2, masterId: 2, syncStateSet: [2], uncleanEpoch: 2 };

function election(live: readonly [id: number, epoch: number, end: number][], more: Partial<ElectMaster> = {}) {
  const command: ElectMaster = {
    kind: 'elect-master',
    brokerName: 'g',
    brokerId: undefined,
    designated: false,
    unclean: true,
    live: live.map(([brokerId, epoch, maxOffset]) => ({ brokerId, epoch, maxOffset, priority: 0 })),
    ...more,
  };
  return command;
}

describe('an unclean election', () => {
  const both: [number, number, number][] = [
    [2, 1, 100],
    [3, 1, 90],
  ];

  it('is one of which the controllers say so', () => {
    expect(UncleanElections.isUnclean(after, before)).toBe(true);
    expect(UncleanElections.isUnclean({ ...after, syncStateSet: [2, 3] }, after)).toBe(false);
    expect(UncleanElections.isUnclean({ ...after, masterEpoch: 3 }, after)).toBe(false);
  });

  it('comes where it is allowed, always or by people', () => {
    const judge = (allowed: 'always' | 'by-people' | undefined, acceptLoss?: boolean) =>
      new UncleanElections(allowed).decided(election(both, { acceptLoss }), after, before);
    expect([judge('always'), judge('by-people', true), judge('always', true)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(judge('by-people')).toContain('nobody allowed that');
    expect(judge(undefined, true)).toContain('nobody allowed that');
  });

  it('comes where nobody in sync is alive, and takes who has most', () => {
    const judge = (live: [number, number, number][]) =>
      new UncleanElections('always').decided(election(live), after, before);
    expect(judge([...both, [1, -1, -1]])).toContain('1 is alive and in sync');
    expect(judge([...both.slice(0, 1), [3, 1, 101]])).toContain('3, alive, has more');
    expect(judge([...both.slice(0, 1), [3, 2, 1]])).toContain('3, alive, has more');
    expect(judge(both.slice(1))).toContain('is not alive');
  });

  it('is told to people', () => {
    const elections = new UncleanElections('always');
    const line = (masterEpoch: number, level = 'error') => ({
      atMicros: 0,
      node: 'k0',
      level,
      message: 'Elected a master: acknowledged messages may be lost',
      fields: { masterEpoch },
    });
    elections.decided(election(both), after, before);
    for (const wrong of [line(1), line(2, 'info')]) elections.heard(wrong);
    expect(elections.healed()).toContain('election of epoch 2 was unclean, and no controller said');
    elections.heard(line(2));
    expect([elections.healed(), elections.count]).toEqual([undefined, 1]);
  });
});

describe('what is confirmed parts where an unclean election put somebody in charge', () => {
  const nothing = (): void => {};
  const first = recordOf(0, '#1');
  const second = recordOf(first.length, '#2', 1);
  const other = recordOf(first.length, '#3', 1);
  const [whole, short, parted] = [Buffer.concat([first, second]), first, Buffer.concat([first, other])];
  const broker = (name: string, bytes: Buffer, ledEpoch = 0) =>
    ({ name, files: filesOf(bytes), begin: 0, end: bytes.length, shown: 0, ledEpoch }) as unknown as BrokerWatch;

  /** Two records are confirmed; n1, which has the first one, is elected in epoch 2. */
  function elected() {
    const histories = new ConfirmedHistories({ fileBytes: FILE_BYTES, syncFlush: true });
    histories.newest.add({ name: 'n0' }, whole, 1, nothing, nothing);
    histories.opened(broker('n0', whole));
    histories.electedUnclean(2, [1], broker('n1', short));
    return histories;
  }

  /** n1 has begun, and confirms another record. */
  function begun() {
    const histories = elected();
    expect(histories.leads(broker('n1', short), 2, 5)).toBeUndefined();
    histories.newest.add({ name: 'n1' }, other, 2, nothing, nothing);
    return histories;
  }

  const place = { topic: 'T', queueId: 0, queueOffset: 1 };

  it('at what the elected one had, no sooner', () => {
    const histories = elected();
    const member = { name: 'n1', files: filesOf(short), isHurt: false };
    expect(histories.decided(3, [member])).toBeUndefined();
    expect(histories.decided(3, [{ ...member, files: filesOf(Buffer.alloc(0)) }])).toContain('n1, which lacks');
    expect(histories.newest.end).toBe(whole.length);
    expect(histories.leads(broker('n0', whole), 1, 5)).toBeUndefined();
    expect(histories.newest.end).toBe(whole.length);
    expect(histories.leads(broker('n1', Buffer.alloc(0)), 2, 5)).toContain(`elected with ${first.length}`);
  });

  it('and what is lost is what it had not, and what the master of before goes on to confirm', () => {
    const histories = begun();
    expect(histories.isGivenUp(place, '#2')).toBe(true);
    expect(histories.isGivenUp(place, '#3')).toBe(false);
    expect(histories.isGivenUp({ ...place, queueOffset: 0 }, '#1')).toBe(false);
    expect([histories.isPassedOver(place), histories.isPassedOver({ ...place, queueOffset: 0 })]).toEqual([
      true,
      false,
    ]);
    expect([histories.of(1).end, histories.of(2).end]).toEqual([whole.length, parted.length]);
    expect([histories.setOf(1), histories.setOf(2)]).toEqual([[1], undefined]);
    histories.of(1).add({ name: 'n0' }, recordOf(whole.length, '#4', 2), 1, nothing, nothing);
    expect(histories.isGivenUp({ ...place, queueOffset: 2 }, '#4')).toBe(true);
    expect([histories.firstPartingNs, histories.losesChanges]).toEqual([5, false]);
  });

  it('comes back with a broker that holds it', () => {
    const histories = begun();
    histories.electedUnclean(3, [2], broker('n0', whole));
    expect(histories.leads(broker('n0', whole), 3, 9)).toBeUndefined();
    expect([histories.isGivenUp(place, '#2'), histories.isGivenUp(place, '#3')]).toEqual([false, true]);
  });

  it('and a master of before that begins late goes on in what its own election left', () => {
    const histories = elected();
    histories.electedUnclean(3, [2], broker('n0', whole));
    expect(histories.leads(broker('n0', whole), 3, 9)).toBeUndefined();
    expect(histories.leads(broker('n1', short), 2, 10)).toBeUndefined();
    expect([histories.of(2).end, histories.newest.end]).toEqual([first.length, whole.length]);
  });

  it('and a broker shows one of them whole; in the end all show what is in force', () => {
    const histories = begun();
    const prefix = new ConfirmedPrefix(histories);
    expect(prefix.shows(broker('n0', whole), 0, whole.length)).toBeUndefined();
    expect(prefix.shows(broker('n1', parted), 0, parted.length)).toBeUndefined();
    const mixed = Buffer.concat([first, recordOf(first.length, '#5', 1)]);
    expect(prefix.shows(broker('n2', mixed), 0, mixed.length)).toContain('n2 shows something else');
    expect(prefix.healed([broker('n1', parted)])).toBeUndefined();
    expect(prefix.healed([broker('n0', whole)])).toContain('n0 shows something else');
    expect(histories.confirmedBy(broker('n0', whole, 1), 0, whole.length).epoch).toBe(0);
    expect(histories.confirmedBy(broker('n1', parted, 2), 0, parted.length).epoch).toBe(2);
  });

  it('and a broker that held more at its start does not cut it', () => {
    const histories = begun();
    expect(histories.cut({ name: 'n0' }, whole.length)).toBeUndefined();
    expect(histories.cut({ name: 'n0' }, first.length)).toContain('n0 cuts its log');
    histories.opened(broker('n0', short));
    expect(histories.cut({ name: 'n0' }, 0)).toBeUndefined();
  });
});

test('the end of what is confirmed may be that of a file that ends in blanks', () => {
  const histories = new ConfirmedHistories({ fileBytes: FILE_BYTES, syncFlush: false });
  const first = recordOf(0, '#1');
  histories.newest.add(
    { name: 'n0' },
    first,
    1,
    () => {},
    () => {},
  );
  const cut = filesOf(Buffer.concat([first, recordOf(first.length, '#2', 1)]).subarray(0, first.length + 10));
  expect(histories.newest.commonWith(cut, first.length + 10)).toBe(first.length);
  expect(histories.newest.commonWith(cut, first.length - 1)).toBe(0);
});
