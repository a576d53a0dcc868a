import { describe, expect, it } from 'vitest';
import { type RegisteredTopic, type Registration, RouteTable } from '../../../cluster/namesrv/route-table.ts';

const TIMEOUT_MS = 120_000;

function topic(topicName: string, perm = 6, queues = 4): RegisteredTopic {
  return { topicName, readQueueNums: queues, writeQueueNums: queues, perm, topicSysFlag: 0 };
}

function registration(changes: Partial<Registration> & { stateVersion?: number; counter?: number } = {}): Registration {
  const { stateVersion = 0, counter = 1, ...rest } = changes;
  return {
    cluster: 'C',
    brokerName: 'b',
    brokerId: 0,
    address: '10.0.0.1:1',
    haServerAddress: '10.0.0.1:2',
    timeoutMs: TIMEOUT_MS,
    enableActingMaster: false,
    topics: [topic('T'), topic('U')],
    dataVersion: { stateVersion, counter, timestamp: 5 },
    connectionId: 1,
    deleteMissingTopics: false,
    ...rest,
  };
}

function members(table: RouteTable, name = 'b'): Record<string, string> {
  return Object.fromEntries(table.group(name)?.addresses ?? []);
}

describe('RouteTable.register', () => {
  it('makes a route of what the master has', () => {
    const table = new RouteTable();
    expect(table.register(registration(), 0)).toMatchObject({ kind: 'registered', isNew: true });
    const route = table.route('T');
    expect(route?.queues).toEqual([{ brokerName: 'b', readQueueNums: 4, writeQueueNums: 4, perm: 6, topicSysFlag: 0 }]);
    expect(route?.groups.map((group) => group.brokerName)).toEqual(['b']);
    expect(table.route('X')).toBeUndefined();
    expect([...(table.clusters().get('C') ?? [])]).toEqual(['b']);
  });

  it('tells a slave who its master is', () => {
    const table = new RouteTable();
    const slave = registration({ brokerId: 1, address: '10.0.0.2:1', connectionId: 2 });
    expect(table.register(slave, 0)).toEqual({ kind: 'registered', isNew: true });
    table.register(registration(), 0);
    expect(table.register(slave, 0)).toEqual({
      kind: 'registered',
      isNew: false,
      masterAddress: '10.0.0.1:1',
      haServerAddress: '10.0.0.1:2',
    });
  });

  it('moves an address that comes with another id', () => {
    const table = new RouteTable();
    table.register(registration({ brokerId: 1 }), 0);
    table.register(registration({ brokerId: 0 }), 0);
    expect(members(table)).toEqual({ 0: '10.0.0.1:1' });
  });

  it('gives id 0 to the new leader, and not back to an older one', () => {
    const table = new RouteTable();
    const other = { address: '10.0.0.2:1', connectionId: 2 };
    table.register(registration({ stateVersion: 3 }), 0);
    table.register(registration({ ...other, stateVersion: 4 }), 0);
    expect(members(table)).toEqual({ 0: '10.0.0.2:1' });
    expect(table.register(registration({ stateVersion: 3 }), 0)).toEqual({ kind: 'stale', knownAddress: '10.0.0.2:1' });
    expect(members(table)).toEqual({ 0: '10.0.0.2:1' });
    table.register(registration({ stateVersion: 3, brokerId: 1 }), 0);
    expect(members(table)).toEqual({ 0: '10.0.0.2:1', 1: '10.0.0.1:1' });
  });

  it('lets an older one have the id back when the other is gone', () => {
    const table = new RouteTable();
    table.register(registration({ address: '10.0.0.2:1', connectionId: 2, stateVersion: 4 }), 0);
    table.connectionClosed(2);
    expect(table.register(registration({ stateVersion: 3 }), 0)).toMatchObject({ kind: 'registered' });
  });

  it('refuses the first registration of an id that brings one topic only', () => {
    const table = new RouteTable();
    expect(table.register(registration({ topics: [topic('T')] }), 0)).toEqual({ kind: 'incomplete' });
    expect(table.groups()).toEqual([]);
    expect(table.clusters().size).toBe(0);
    table.register(registration(), 0);
    table.register(registration({ topics: [topic('V')], counter: 2 }), 0);
    expect(table.topics()).toEqual(['T', 'U', 'V']);
  });

  it('takes topics again only when the version of the table changed', () => {
    const table = new RouteTable();
    table.register(registration(), 0);
    table.register(registration({ topics: [topic('T', 6, 16), topic('W')] }), 0);
    expect(table.route('T')?.queues[0]?.readQueueNums).toBe(4);
    expect(table.topics()).toEqual(['T', 'U', 'W']);
    table.register(registration({ topics: [topic('T', 6, 16), topic('W')], counter: 2 }), 0);
    expect(table.route('T')?.queues[0]?.readQueueNums).toBe(16);
  });

  it('takes topics from the lowest id while there is no master, and only from the master otherwise', () => {
    const table = new RouteTable();
    const slave = { address: '10.0.0.2:1', connectionId: 2, brokerId: 1 };
    table.register(registration({ ...slave, topics: [topic('A'), topic('B')] }), 0);
    expect(table.topics()).toEqual(['A', 'B']);
    table.register(registration(), 0);
    table.register(registration({ ...slave, topics: [topic('X'), topic('Y')], counter: 9 }), 0);
    expect(table.topics()).toEqual(['A', 'B', 'T', 'U']);
  });

  it('takes no topics from a slave of an old version', () => {
    const table = new RouteTable();
    table.register(registration({ brokerId: 1, enableActingMaster: undefined }), 0);
    expect(table.topics()).toEqual([]);
  });

  it('shows topics of an acting master as read-only', () => {
    const table = new RouteTable();
    table.register(registration({ brokerId: 1, enableActingMaster: true }), 0);
    expect(table.route('T')?.queues[0]?.perm).toBe(4);
  });

  it('forgets missing topics only when told to', () => {
    const table = new RouteTable();
    table.register(registration(), 0);
    table.register(registration({ topics: [topic('T'), topic('V')], counter: 2 }), 0);
    expect(table.topics()).toEqual(['T', 'U', 'V']);
    table.register(registration({ topics: [topic('T'), topic('V')], counter: 3, deleteMissingTopics: true }), 0);
    expect(table.topics()).toEqual(['T', 'V']);
  });
});

describe('RouteTable: going', () => {
  it('forgets a broker that is silent for longer than it asked for', () => {
    const table = new RouteTable();
    table.register(registration(), 0);
    table.register(registration({ brokerId: 1, address: '10.0.0.2:1', timeoutMs: 1_000 }), 0);
    expect(table.expire(1_000)).toEqual([]);
    expect(table.expire(1_001)).toEqual(['10.0.0.2:1']);
    expect(members(table)).toEqual({ 0: '10.0.0.1:1' });
    table.touch('C', '10.0.0.1:1', 100_000);
    expect(table.expire(200_000)).toEqual([]);
    expect(table.expire(220_001)).toEqual(['10.0.0.1:1']);
    expect(table.route('T')).toBeUndefined();
    expect(table.topics()).toEqual([]);
    expect(table.clusters().size).toBe(0);
  });

  it('forgets at once what registered on a closed connection, but not what registered anew on another', () => {
    const table = new RouteTable();
    table.register(registration({ connectionId: 1 }), 0);
    table.register(registration({ connectionId: 2 }), 0);
    expect(table.connectionClosed(1)).toEqual([]);
    expect(table.connectionClosed(2)).toEqual(['10.0.0.1:1']);
  });

  it('keeps topics while another member of the group lives', () => {
    const table = new RouteTable();
    table.register(registration(), 0);
    table.register(registration({ brokerId: 1, address: '10.0.0.2:1', connectionId: 2 }), 0);
    table.unregister('C', 'b', '10.0.0.1:1');
    expect(members(table)).toEqual({ 1: '10.0.0.2:1' });
    expect(table.route('T')?.queues).toHaveLength(1);
    table.unregister('C', 'b', '10.0.0.2:1');
    expect(table.route('T')).toBeUndefined();
  });
});

describe('RouteTable: administration', () => {
  it('wipes and gives back the permission to write', () => {
    const table = new RouteTable();
    table.register(registration({ topics: [topic('T', 7), topic('U')] }), 0);
    expect(table.wipeWritePermission('b')).toBe(2);
    expect(table.route('T')?.queues[0]?.perm).toBe(5);
    expect(table.addWritePermission('b')).toBe(2);
    expect(table.route('T')?.queues[0]?.perm).toBe(6);
    expect(table.wipeWritePermission('nobody')).toBe(0);
  });

  it('deletes a topic everywhere or in one cluster', () => {
    const table = new RouteTable();
    table.register(registration(), 0);
    table.register(registration({ cluster: 'D', brokerName: 'd', address: '10.0.0.9:1', connectionId: 9 }), 0);
    table.deleteTopic('T', 'D');
    expect(table.route('T')?.queues.map((each) => each.brokerName)).toEqual(['b']);
    table.deleteTopic('T', 'nowhere');
    expect(table.topicsOfCluster('D')).toEqual(['U']);
    expect(table.topicsOfCluster('nowhere')).toEqual([]);
    table.deleteTopic('T');
    expect(table.topics()).toEqual(['U']);
  });
});
