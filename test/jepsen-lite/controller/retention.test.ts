import { expect, test } from 'vitest';
import type { BrokerEvents } from '../../../jepsen-lite/controller/broker-watch.ts';
import { BrokerWatch } from '../../../jepsen-lite/controller/broker-watch.ts';
import { ConfirmedBySet } from '../../../jepsen-lite/controller/confirmed-by-set.ts';
import { ConfirmedBytes } from '../../../jepsen-lite/controller/confirmed-bytes.ts';
import { LogFiles } from '../../../jepsen-lite/controller/log-files.ts';
import { RemovedWhenDue } from '../../../jepsen-lite/controller/removed-when-due.ts';
import { SimFile } from '../../../jepsen-lite/sim/sim-file.ts';
import { SimHost } from '../../../jepsen-lite/sim/sim-host.ts';
import { FILE_BYTES, filesOf, recordOf } from './log-of.ts';

/** Store time of all records. */
const STORED_MS = 1;
const first = recordOf(0, '#1');
const second = recordOf(first.length, '#2', 1);

function confirmed(): ConfirmedBytes {
  const bytes = new ConfirmedBytes(FILE_BYTES);
  bytes.add(Buffer.concat([first, second]), 1, () => {});
  return bytes;
}

test('retention removes what was shown and is old enough, and nothing else', () => {
  const judge = new RemovedWhenDue(confirmed(), 1_000);
  const broker = { name: 'n1', begin: first.length, shown: first.length };
  expect(judge.removed(broker, STORED_MS + 1_001)).toBeUndefined();
  expect(judge.removed(broker, STORED_MS + 1_000)).toContain('n1 removed what is before');
  expect(judge.removed({ ...broker, shown: first.length - 1 }, STORED_MS + 1_001)).toContain('of which it showed');
});

test('a log that held nothing begins no later than what some broker has removed', () => {
  const judge = new RemovedWhenDue(confirmed(), 1_000);
  const begun = { name: 'n2', begin: first.length, shown: 0 };
  expect(judge.began(begun)).toContain('nobody has removed anything behind 0');
  judge.removed({ name: 'n1', begin: first.length, shown: first.length }, 9_999);
  expect(judge.began(begun)).toBeUndefined();
  expect(judge.began({ ...begun, begin: first.length + 1 })).toContain(`behind ${first.length}`);
});

test('records are counted and found by where they end', () => {
  const bytes = confirmed();
  expect([0, first.length - 1, first.length, 9_999].map((at) => bytes.recordsBefore(at))).toEqual([0, 0, 1, 2]);
  expect(bytes.recordBefore(first.length - 1)).toBeUndefined();
  expect(bytes.recordBefore(first.length)?.equals(first)).toBe(true);
  expect(bytes.recordBefore(9_999)?.equals(second)).toBe(true);
});

test('a member of the set has what retention has not removed from it', () => {
  const host = new SimHost('m', '10.0.0.1', 1);
  const file = new SimFile();
  file.write(Buffer.alloc(10, 7), 0);
  host.image.link(`/store/commitlog/${String(FILE_BYTES).padStart(20, '0')}`, file);
  const files = new LogFiles(host, FILE_BYTES);
  expect([files.begin, filesOf(first).begin]).toEqual([FILE_BYTES, 0]);
  const bySet = new ConfirmedBySet(confirmed(), false);
  const end = first.length + second.length;
  expect(bySet.decided(1, [{ name: 'n1', files, isHurt: false }], end)).toBeUndefined();
  expect(bySet.decided(1, [{ name: 'n1', files: filesOf(first), isHurt: false }], end)).toContain('n1');
});

test('a log that begins later than before had files removed, or was empty and begins late', () => {
  const heard: unknown[] = [];
  const events = {
    opened: () => {},
    removed: ({ begin }: BrokerWatch, began: boolean) => heard.push([begin, began]),
    appended: () => {},
  } as unknown as BrokerEvents;
  const watch = new BrokerWatch('n1', filesOf(first), events);
  const log = { minPosition: 0, endPosition: 0, confirmedPosition: 0, confirmedTicket: 0 };
  const parts = { log, node: {}, store: { dispatchedPosition: 0 } };
  watch.opened({ parts } as unknown as Parameters<BrokerWatch['opened']>[0]);
  Object.assign(log, { minPosition: 100, endPosition: 100 });
  watch.look();
  log.endPosition = 300;
  watch.look();
  log.minPosition = 200;
  watch.look();
  expect(heard).toEqual([
    [100, true],
    [200, false],
  ]);
});
