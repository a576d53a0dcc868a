import { expect, it } from 'vitest';
import { groupSettings } from '../../../cluster/dledger/group-settings.ts';
import type { BrokerConfig } from '../../../src/broker/config/broker-config.ts';

const config = {
  dLegerGroup: 'g',
  dLegerPeers: 'n0-127.0.0.1:40911;n1-127.0.0.1:40912',
  dLegerSelfId: 'n1',
  listenPort: 30911,
  haListenPort: 30912,
  httpPort: 0,
} as BrokerConfig;

it('names the key that has the port of the group, too', () => {
  expect(groupSettings(config)).toMatchObject({ self: { id: 'n1', port: 40912 } });
  expect(groupSettings({ ...config, listenPort: 40911 })).toMatchObject({ groupName: 'g' });
  expect(groupSettings({ ...config, haListenPort: 40912 })).toBe(
    'dLegerPeers=n0-127.0.0.1:40911;n1-127.0.0.1:40912: the port of n1 is haListenPort=40912, too. Give one of the two another port',
  );
});
