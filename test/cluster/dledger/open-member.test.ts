import { expect, test } from 'vitest';
import { openMember } from '../../../cluster/dledger/open-member.ts';
import { loadBrokerConfig } from '../../../src/broker/config/broker-config.ts';
import { VirtualWorld } from '../../support/virtual-platform.ts';

function memberConfig() {
  const text = `
enableDLegerCommitLog=true
dLegerGroup=G
dLegerPeers=n0-10.0.0.1:40911
dLegerSelfId=n0
storePathRootDir=/store
brokerIP1=10.0.0.1
mappedFileSizeCommitLog=65536
`;
  const { config, errors } = loadBrokerConfig(text, { homeDirectory: '/', hostName: 'a', ipAddress: '10.0.0.1' });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return config;
}

test('a directory with the messages of a broker without replication is refused, and nothing in it changes', () => {
  const platform = new VirtualWorld(1).start('n0');
  platform.disk.makeDirectory('/store/commitlog');
  platform.disk.replaceFile('/store/commitlog/00000000000000000000', Buffer.from('old messages'));
  const before = platform.disk.list('/store');
  expect(() => openMember(platform, memberConfig())).toThrow(
    'storePathRootDir=/store: /store/commitlog holds the messages of a broker without replication',
  );
  expect(platform.disk.list('/store')).toEqual(before);
});

test('an empty commitlog folder is in nobody’s way', () => {
  const platform = new VirtualWorld(1).start('n0');
  platform.disk.makeDirectory('/store/commitlog');
  const member = openMember(platform, memberConfig());
  expect(member.settings.self.id).toBe('n0');
  member.lock.release();
});
