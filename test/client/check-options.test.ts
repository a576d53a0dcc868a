import { describe, expect, it } from 'vitest';
import { checkOptions } from '../../src/client/check-options.ts';
import { PullConsumer } from '../../src/client/consumer/pull-consumer.ts';
import { PushConsumer } from '../../src/client/consumer/push-consumer.ts';
import { ClientError } from '../../src/client/errors.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import { createVirtualPlatform } from '../support/virtual-platform.ts';

const GOOD = { nameServers: 'ns:9876', group: 'g' };

function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(ClientError);
    expect(error).toMatchObject({ code: 'invalid-argument', retryable: false });
    return (error as ClientError).message;
  }
  return 'accepted';
}

describe('checkOptions', () => {
  it.each([
    [{ heartbeatMs: 0 }, 'heartbeatMs is 0; it must be a number from 1 to 2147483647.'],
    [{ heartbeatMs: 2 ** 31 }, 'heartbeatMs is 2147483648; it must be a number from 1 to 2147483647.'],
    [{ routeRefreshMs: -5 }, 'routeRefreshMs is -5; it must be a number from 1 to 2147483647.'],
    [{ sendTimeoutMs: Number.NaN }, 'sendTimeoutMs is NaN; it must be a number from 1 to 2147483647.'],
    [{ sendTimeoutMs: -1 }, 'sendTimeoutMs is -1; it must be a number from 1 to 2147483647.'],
    [{ sendTimeoutMs: Number.POSITIVE_INFINITY }, /^sendTimeoutMs is Infinity; /],
    [{ retries: -1 }, 'retries is -1; it must be a whole number from 0 to 9007199254740991.'],
    [{ retries: 1.5 }, /^retries is 1.5; /],
    [{ compressAtBytes: Number.NaN }, 'compressAtBytes is NaN; it must be a whole number from 0 to 9007199254740991.'],
    [{ maxMessageBytes: 'x' }, 'maxMessageBytes is "x"; it must be a whole number from 1 to 9007199254740991.'],
    [{ maxMessageBytes: '100' }, /^maxMessageBytes is "100"; /],
    [{ autoCreateQueues: 0 }, /^autoCreateQueues is 0; /],
    [{ batchSize: 1_025 }, 'batchSize is 1025; it must be a whole number from 1 to 1024.'],
    [{ persistMs: 0 }, /^persistMs is 0; /],
    [{ group: undefined }, /^group is undefined; /],
    [{ group: 'a b' }, /^group is "a b"; /],
  ])('refuses %j with one sentence', (wrong, sentence) => {
    expect(refusal(() => checkOptions({ ...GOOD, ...wrong } as never))).toMatch(sentence);
  });

  it('takes what can be used, and what is not given', () => {
    checkOptions(GOOD);
    checkOptions({ ...GOOD, heartbeatMs: undefined, retries: 0, compressAtBytes: 0, sendTimeoutMs: 0.5 * 3_001 });
    checkOptions({ ...GOOD, maxMessageBytes: 1, pullBatchSize: 1_024, rebalanceMs: 2 ** 31 - 1, concurrency: 1 });
  });

  it.each([Producer, PushConsumer, PullConsumer])('is what the constructor of %o asks', (Client) => {
    const platform = createVirtualPlatform(1);
    const make = (wrong: object) => () => new Client(platform, { ...GOOD, ...wrong });
    expect(refusal(make({ heartbeatMs: 0 }))).toMatch(/^heartbeatMs is 0; /);
    expect(refusal(make({ group: undefined }))).toMatch(/^group is undefined; /);
    expect(refusal(make({ nameServers: undefined }))).toMatch(/^nameServers names no server; /);
    expect(refusal(make({ nameServers: ['ns:1', 5] }))).toBe('nameServers contains "5", which is not host:port.');
    expect(refusal(make({}))).toBe('accepted');
  });
});
