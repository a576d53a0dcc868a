import { expect, test } from 'vitest';
import { portsFrom } from '../../../../cluster/launch/ports.ts';
import { StockMember } from '../../../../jepsen-lite/drill/target/stock-processes.ts';
import { brokerSettings, nameServerSettings } from '../../../../jepsen-lite/drill/target/stock-settings.ts';

const plan = portsFrom(20_000, 3);
const members = plan.brokers.map(({ listen, peer }, at) => new StockMember(`n${at}`, listen, peer));
const [first] = members as [StockMember];
/** Every address of the group is behind a proxy of the one who dials. */
const options = {
  plan,
  brokerKeys: { flushDiskType: 'SYNC_FLUSH' },
  detour: (member: string, address: string) => `${member}-to-${address}`,
};

test("RocketMQ's brokers in DLedger mode dial the others over their proxies, and listen where they are", () => {
  const settings = brokerSettings({ ...options, mode: 'dledger' }, first, members, '/store');
  expect(settings).toMatchObject({
    enableDLegerCommitLog: 'true',
    dLegerSelfId: 'n0',
    dLegerPeers: 'n0-127.0.0.1:20013;n1-n0-to-127.0.0.1:20023;n2-n0-to-127.0.0.1:20033',
    namesrvAddr: 'n0-to-127.0.0.1:20000',
    storePathCommitLog: '/store/commitlog',
    flushDiskType: 'SYNC_FLUSH',
  });
  expect(nameServerSettings({ ...options, mode: 'dledger' }, '/controller')).toEqual({ listenPort: '20000' });
});

test('in Controller mode the Controller is two above the name server, and brokers begin as slaves without a number', () => {
  const settings = brokerSettings({ ...options, mode: 'controller' }, first, members, '/store');
  expect(settings).toMatchObject({
    enableControllerMode: 'true',
    controllerAddr: 'n0-to-127.0.0.1:20002',
    brokerId: '-1',
    brokerRole: 'SLAVE',
    allAckInSyncStateSet: 'true',
    haListenPort: '20011',
  });
  expect(settings).not.toHaveProperty('dLegerPeers');
  expect(nameServerSettings({ ...options, mode: 'controller' }, '/controller')).toMatchObject({
    enableControllerInNamesrv: 'true',
    controllerDLegerPeers: 'n0-127.0.0.1:20002',
    controllerStorePath: '/controller',
  });
});
