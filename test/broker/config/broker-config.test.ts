import { describe, expect, test } from 'vitest';
import { describeConfigError, loadBrokerConfig, resolvePath } from '../../../src/broker/config/broker-config.ts';
import { ignoredKeys } from '../../../src/broker/config/ignored-keys.ts';
import { knownKeys } from '../../../src/broker/config/known-keys.ts';

const host = { homeDirectory: '/home/me', hostName: 'box', ipAddress: '10.0.0.7' };

test('an empty file gives the defaults, with addresses, ports and paths derived', () => {
  const { config, errors, warnings } = loadBrokerConfig('', host);
  expect(errors).toEqual([]);
  expect(warnings).toEqual([]);
  expect(config).toMatchObject({
    brokerName: 'box',
    brokerIP1: '10.0.0.7',
    listenPort: 10911,
    httpPort: 10916,
    haListenPort: 10912,
    storePathRootDir: '/home/me/store',
    storePathCommitLog: '/home/me/store/commitlog',
    offsetBatchMs: 200,
  });
});

test('values are trimmed and typed; command line overrides win', () => {
  const file = 'listenPort = 30911 \nautoCreateTopicEnable=FALSE\nbrokerName=a\nstorePathRootDir=$HOME/x';
  const { config } = loadBrokerConfig(file, host, { brokerName: 'b' });
  expect(config).toMatchObject({
    listenPort: 30911,
    httpPort: 30916,
    autoCreateTopicEnable: false,
    brokerName: 'b',
    storePathRootDir: '/home/me/x',
  });
});

describe('wrong values are named with key, value and remedy', () => {
  test.each([
    ['listenPort=http', 'listenPort=http: it must be a whole number from 0 to 65535 (port number)'],
    ['fileReservedTime=-1', 'fileReservedTime=-1: it must be a whole number from 0 to 1000000 (hours)'],
    ['autoCreateTopicEnable=yes', 'autoCreateTopicEnable=yes: it must be true or false'],
    ['flushDiskType=SYNC', 'flushDiskType=SYNC: it must be one of ASYNC_FLUSH, SYNC_FLUSH'],
    ['enableDLegerCommitLog=true\ndLegerPeers=n0-h:1\ndLegerSelfId=x', 'dLegerSelfId=x: it must be one letter and'],
    ['dLegerSelfId=node0', 'dLegerSelfId=node0: it must be one letter and a number, such as n0'],
    [
      'mappedFileSizeConsumeQueue=50',
      'mappedFileSizeConsumeQueue=50: a file must hold whole units of 20 bytes. Set 40',
    ],
    ['enableDLegerCommitLog=true\ndLegerSelfId=n0', 'dLegerPeers=: DLedger mode needs the members'],
    ['enableControllerMode=true', 'controllerAddr=: Controller mode needs the controllers'],
    ['enableControllerMode=true\ncontrollerAddr=h:1;x', 'controllerAddr=h:1;x: "x" is not host:port'],
    [
      'enableControllerMode=true\ncontrollerAddr=h:1\nfetchControllerAddrByDnsLookup=true',
      'fetchControllerAddrByDnsLookup=true: controllers are not looked up by DNS here',
    ],
    [
      'enableControllerMode=true\nenableDLegerCommitLog=true\ndLegerPeers=n0-h:1\ndLegerSelfId=n0',
      'enableControllerMode=true: a broker is either in a DLedger group or in Controller mode',
    ],
    ['namesrvAddr=foo:99999', 'namesrvAddr=foo:99999: "foo:99999" is not host:port. Set it, such as'],
    ['namesrvAddr=a:1,b:2', 'namesrvAddr=a:1,b:2: "a:1,b:2" is not host:port (";" separates several)'],
    ['brokerId=-1', 'brokerId=-1: only a Controller gives ids'],
    ['brokerRole=SLAVE', 'brokerId=0: a slave needs a number of its own in its set'],
    ['a=\\u12', 'line 1=: a \\u escape needs four hexadecimal digits'],
  ])('%s', (text, sentence) => {
    const { errors } = loadBrokerConfig(text, host);
    expect(errors).toHaveLength(1);
    expect(errors.map(describeConfigError)[0]).toContain(sentence);
  });
});

test('a host name as brokerIP1 stops the start, because records carry the address', () => {
  const { errors } = loadBrokerConfig('brokerIP1=broker.example', host);
  expect(errors.map(({ key, problem }) => [key, problem])).toEqual([
    ['brokerIP1', 'it must be an IP address, because every stored message carries it'],
  ]);
  expect(loadBrokerConfig('brokerIP1=::1', host).errors).toEqual([]);
});

test('the group is named after the broker, also where that has its default', () => {
  const { config } = loadBrokerConfig('', host);
  expect(config.brokerName).not.toBe('');
  expect(config.dLegerGroup).toBe(config.brokerName);
});

test.each(['aclEnable=true', 'authenticationEnabled=true', 'authorizationEnabled=true', 'tls.server.mode=enforcing'])(
  '%s stops the start, because it would promise a protection that is not there',
  (line) => {
    const sentences = loadBrokerConfig(line, host).errors.map(describeConfigError);
    expect(sentences).toEqual([expect.stringContaining('does not have it yet')]);
  },
);

test('unknown keys are named in one warning; keys that only RocketMQ uses are listed apart', () => {
  const result = loadBrokerConfig('lisenPort=1\nfoo=2\nsendMessageThreadPoolNums=4\nbrokerName=a\nbrokerName=b', host);
  expect(result.warnings).toEqual([
    'unknown configuration keys have no effect: lisenPort, foo',
    'keys given more than once, the last one counts: brokerName',
  ]);
  expect(result.ignored).toEqual(['sendMessageThreadPoolNums']);
  expect(result.config.brokerName).toBe('b');
});

test('no key is both known and ignored', () => {
  expect(Object.keys(knownKeys).filter((key) => ignoredKeys.has(key))).toEqual([]);
});

test.each([
  ['~', '/home/me'],
  ['~/s', '/home/me/s'],
  [`\${user.home}/s`, '/home/me/s'],
  ['/~/s', '/~/s'],
  ['$HOMER/s', '$HOMER/s'],
])('path %s becomes %s', (path, resolved) => {
  expect(resolvePath(path, '/home/me')).toBe(resolved);
});
