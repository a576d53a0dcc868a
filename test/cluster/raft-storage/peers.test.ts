import { expect, it } from 'vitest';
import { parsePeers } from '../../../cluster/raft-storage/peers.ts';

it('reads ids, hosts with dashes, and IPv6 in brackets', () => {
  expect(parsePeers('n0-127.0.0.1:40911; n1-broker-b.eu-west.example:40912 ;n2-[fe80::1]:40913;')).toEqual([
    { id: 'n0', host: '127.0.0.1', port: 40911 },
    { id: 'n1', host: 'broker-b.eu-west.example', port: 40912 },
    { id: 'n2', host: 'fe80::1', port: 40913 },
  ]);
});

it.each([
  ['', 'it names no member'],
  ['127.0.0.1:40911', 'has no id before a "-"'],
  ['n0-127.0.0.1', 'is not ID-HOST:PORT'],
  ['n0-::1:40911', 'an IPv6 address stands in brackets'],
  ['n0-a:70000', 'is not ID-HOST:PORT'],
  ['n0-a:0', 'has port 0'],
  ['n0-a:1;n0-b:1', 'n0 appears twice'],
  ['n0-a:1;n1-a:1', 'n0 and n1 have the same address'],
])('says what is wrong with %j', (text, why) => {
  const result = parsePeers(text);
  expect('message' in result && result.message).toContain(`dLegerPeers=${text} is wrong: `);
  expect('message' in result && result.message).toContain(why);
  expect('message' in result && result.message).toContain('such as n0-127.0.0.1:40911');
});
