import { describe, expect, it, test } from 'vitest';
import type { BrokerSet } from '../../../cluster/controller/state/broker-set.ts';
import { AnsweredCopies } from '../../../jepsen-lite/controller/answered-copies.ts';
import type { BrokerWatch } from '../../../jepsen-lite/controller/broker-watch.ts';
import { ConfirmedBySet } from '../../../jepsen-lite/controller/confirmed-by-set.ts';
import { ConfirmedBytes } from '../../../jepsen-lite/controller/confirmed-bytes.ts';
import { ConfirmedHistories } from '../../../jepsen-lite/controller/confirmed-histories.ts';
import { ConfirmedPrefix } from '../../../jepsen-lite/controller/confirmed-prefix.ts';
import { OneMaster } from '../../../jepsen-lite/controller/one-master.ts';
import { FILE_BYTES, filesOf, recordOf } from './log-of.ts';

const first = recordOf(0, '#1');
const both = Buffer.concat([first, recordOf(first.length, '#2')]);

function histories(): ConfirmedHistories {
  const all = new ConfirmedHistories({ fileBytes: FILE_BYTES, syncFlush: false });
  const nothing = (): void => {};
  all.newest.add({ name: 'n0' }, both, 1, nothing, nothing);
  return all;
}

function confirmed(): ConfirmedBytes {
  const bytes = new ConfirmedBytes(FILE_BYTES);
  expect(bytes.add(both, 1, () => {})).toBeUndefined();
  return bytes;
}

test('what is confirmed is read record by record, and nothing else is taken for one', () => {
  const bytes = confirmed();
  expect(bytes.ledger.lastIndex).toBe(2);
  expect(bytes.ledger.end).toBe(both.length);
  expect(bytes.add(Buffer.alloc(100, 7), 1, () => {})).toContain(`at position ${both.length} is no record`);
});

test('a member of the set that lacks what is confirmed', () => {
  const lacking = { name: 'n1', files: filesOf(first), isHurt: false };
  const has = { name: 'n2', files: filesOf(both, first.length), isHurt: false };
  const inCache = new ConfirmedBySet(confirmed(), false);
  expect(inCache.grew('n0', 0, first.length, [lacking, has])).toBeUndefined();
  expect(inCache.grew('n0', first.length, both.length, [has])).toBeUndefined();
  expect(inCache.grew('n0', first.length, both.length, [has, lacking])).toContain('n0 confirms');
  expect(inCache.decided(7, [lacking], both.length)).toContain('the member n1');
  expect(inCache.decided(7, [{ ...lacking, isHurt: true }], both.length)).toBeUndefined();
  expect(new ConfirmedBySet(confirmed(), true).decided(7, [has], both.length)).toContain('the member n2');
});

test('a broker that shows something else than was confirmed, or cuts what it showed', () => {
  const prefix = new ConfirmedPrefix(histories());
  const other = Buffer.from(both);
  other[first.length + 90] = 0xff;
  const broker = (bytes: Buffer, shown: number) =>
    ({ name: 'n1', files: filesOf(bytes), shown, begin: 0, end: bytes.length }) as unknown as BrokerWatch;
  expect(prefix.shows(broker(both, both.length), 0, both.length)).toBeUndefined();
  expect(prefix.shows(broker(other, both.length), 0, both.length)).toContain(`at ${first.length + 90}`);
  expect(prefix.cut(broker(both, first.length), first.length)).toBeUndefined();
  expect(prefix.cut(broker(both, both.length), first.length)).toContain('n1 cuts its log');
  expect(prefix.fell(broker(both, first.length), both.length)).toContain(`everything up to ${both.length}, and takes`);
  expect(prefix.healed([broker(both, 0), broker(first, 0)])).toContain(`ends at ${first.length}`);
});

test('two masters of one epoch, or one that nobody elected', () => {
  const oneMaster = new OneMaster();
  const set = { masterEpoch: 3, masterId: 1 } as BrokerSet;
  expect(oneMaster.decided(set, 'n0')).toBeUndefined();
  expect(oneMaster.leads({ name: 'n0' }, 3)).toBeUndefined();
  expect(oneMaster.leads({ name: 'n1' }, 3)).toContain('elected n0');
  expect(oneMaster.leads({ name: 'n0' }, 4)).toContain('elected nobody');
  expect(oneMaster.decided({ ...set, masterId: 2 }, 'n1')).toContain('epoch 3, which had n0');
});

describe('what is acknowledged without allAckInSyncStateSet', () => {
  const second = { topic: 'T', queueId: 0, queueOffset: 0, position: first.length, value: '#2' };
  const member = (name: string, bytes: Buffer, isHurt = false) => ({ name, files: filesOf(bytes), isHurt });

  /** The first record is confirmed; n0 and n1 have the second one, too, and n2 has not. */
  function answered(copies = 2) {
    const bytes = new ConfirmedBytes(FILE_BYTES);
    expect(bytes.add(first, 1, () => {})).toBeUndefined();
    const judge = new AnsweredCopies({ confirmed: bytes, copies, syncFlush: false, fileBytes: FILE_BYTES });
    const members = [member('n0', both), member('n1', both), member('n2', first)];
    return { bytes, judge, members };
  }

  it('is with so many brokers of the sets that may be in force', () => {
    const { judge, members } = answered(3);
    expect(judge.grew(members[0]!, first.length, both.length, members)).toContain(
      'only n0 n1 has, with inSyncReplicas=3',
    );
    const hurt = [...members.slice(0, 2), member('n2', first, true)];
    expect(judge.grew(members[0]!, first.length, both.length, hurt)).toBeUndefined();
  });

  it('is what a master may acknowledge, at that place', () => {
    const { judge, members } = answered();
    expect(judge.acknowledged(second)).toContain('where no master had it');
    expect(judge.grew(members[0]!, first.length, both.length, members)).toBeUndefined();
    expect(judge.acknowledged({ ...second, value: '#3' })).toContain('where no master had it');
    expect(judge.acknowledged({ ...second, position: 0 })).toContain('where no master had it');
    expect(judge.acknowledged(second)).toBeUndefined();
    expect(judge.acknowledged({ ...second, position: 0, value: '#1' })).toBeUndefined();
  });

  it('goes only where somebody was elected who did not have it', () => {
    const { judge, members } = answered();
    judge.grew(members[0]!, first.length, both.length, members);
    judge.acknowledged(second);
    expect(judge.isLost(second, '#2')).toBe(true);
    judge.elected(members[1]!);
    expect(judge.healed()).toContain('#2 was acknowledged at T/0@0');
    judge.elected(members[2]!);
    expect([judge.healed(), judge.lost]).toEqual([undefined, 1]);
  });

  it('goes, too, where it was acknowledged behind the back of a master that did not have it', () => {
    const { judge, members } = answered();
    judge.grew(members[0]!, first.length, both.length, members, members[2]);
    judge.acknowledged(second);
    expect([judge.healed(), judge.lost]).toEqual([undefined, 1]);
  });

  it('is not lost when it was confirmed in the end', () => {
    const { bytes, judge, members } = answered();
    judge.grew(members[0]!, first.length, both.length, members);
    judge.acknowledged(second);
    bytes.add(both.subarray(first.length), 1, () => {});
    expect([judge.healed(), judge.lost, judge.isLost(second, '#2')]).toEqual([undefined, 0, false]);
  });
});
