import { describe, expect, test } from 'vitest';
import { groupConfig } from '../../../src/broker/group/group-config.ts';
import type { StateChange } from '../../../src/broker/state/state-change.ts';
import { decodeStateChange, encodeStateChange } from '../../../src/broker/state/state-record.ts';
import { topicConfig } from '../../../src/broker/topic/topic-config.ts';

const VERSION = { stateVersion: 3, timestamp: 1_000, counter: 7 };

const changes: StateChange[] = [
  { type: 'topic-put', config: topicConfig('T', { attributes: { 'message.type': 'FIFO' } }), dataVersion: VERSION },
  { type: 'topic-delete', topic: 'T', dataVersion: VERSION },
  { type: 'group-put', config: groupConfig('G', { retryMaxTimes: 3 }), dataVersion: VERSION },
  { type: 'group-delete', group: 'G', dataVersion: VERSION },
  { type: 'offsets-put', offsets: [{ group: 'G', topic: 'T', queueId: 2, offset: 9 }] },
  { type: 'offsets-delete', entries: [{ group: 'G', topic: 'T' }] },
  { type: 'delay-progress', levels: [{ level: 3, nextOffset: 12 }] },
  { type: 'queue-lock', owners: [{ group: 'G', topic: 'T', brokerName: 'b', queueId: 2, clientId: 'c' }] },
];

test.each(changes)('$type is read back as it was written', (change) => {
  expect(decodeStateChange(change.type, 1, encodeStateChange(change))).toEqual(change);
});

test('bodies are those of the format', () => {
  const bodies = changes.slice(4).map((change) => encodeStateChange(change).toString());
  expect(bodies).toEqual([
    '{"offsets":[["G","T",2,9]]}',
    '{"entries":[["G","T"]]}',
    '{"levels":[[3,12]]}',
    '{"owners":[["G","T","b",2,"c"]]}',
  ]);
});

describe('a record that this program does not fully know stops it', () => {
  test.each([
    [
      'a later version',
      2,
      '{"levels":[]}',
      'internal record delay-progress has version 2; this program knows version 1',
    ],
    ['a new key', 1, '{"levels":[],"more":1}', 'internal record delay-progress has unknown keys: more'],
    ['a missing key', 1, '{}', 'internal record delay-progress lacks: levels'],
  ])('%s', (_name, version, body, sentence) => {
    expect(() => decodeStateChange('delay-progress', version, Buffer.from(body))).toThrow(sentence);
  });
});
