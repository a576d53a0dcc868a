import { expect, test } from 'vitest';
import { changedKeys } from '../../../../jepsen-lite/drill/target/broker-keys.ts';

const usual = { flushDiskType: 'ASYNC_FLUSH', fileReservedTime: '72', listenPort: '10911', brokerName: 'a' };

function told(...members: readonly Readonly<Record<string, string>>[]) {
  return new Map(members.map((keys, at) => [`n${at}`, new Map(Object.entries({ ...usual, ...keys }))]));
}

test('nothing is told where all have the defaults, wherever they are', () => {
  const members = told({ listenPort: '1', storePathRootDir: '/a', brokerId: '0' }, { listenPort: '2', brokerId: '1' });
  expect(changedKeys(members, ['fileReservedTime'])).toEqual([]);
});

test('what is not the default, and what members have unlike, is told by member', () => {
  const members = told({ flushDiskType: 'SYNC_FLUSH' }, { flushDiskType: 'SYNC_FLUSH', fileReservedTime: '48' });
  expect(changedKeys(members, [])).toEqual([
    { key: 'fileReservedTime', usual: '72', values: { n0: '72', n1: '48' } },
    { key: 'flushDiskType', usual: 'ASYNC_FLUSH', values: { n0: 'SYNC_FLUSH', n1: 'SYNC_FLUSH' } },
  ]);
});

test('of keys that only RocketMQ has, those that the plan sets and those that members have unlike', () => {
  const members = told({ warm: 'true', cold: '1', same: 'x' }, { warm: 'true', cold: '2', same: 'x' });
  expect(changedKeys(members, ['warm', 'gone'])).toEqual([
    { key: 'cold', usual: undefined, values: { n0: '1', n1: '2' } },
    { key: 'gone', usual: undefined, values: {} },
    { key: 'warm', usual: undefined, values: { n0: 'true', n1: 'true' } },
  ]);
});

test('in Controller mode the role is no setting', () => {
  const roles = [{ brokerRole: 'SYNC_MASTER' }, { brokerRole: 'SLAVE' }];
  expect(changedKeys(told(...roles), [])).toHaveLength(1);
  const keys = changedKeys(told(...roles.map((each) => ({ ...each, enableControllerMode: 'true' }))), []);
  expect(keys.map(({ key }) => key)).toEqual(['enableControllerMode']);
});
