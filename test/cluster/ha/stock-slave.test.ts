import { describe, expect, it } from 'vitest';
import { readInt64, writeInt64 } from '../../../src/base/bytes.ts';
import type { Socket } from '../../../src/platform/ports.ts';
import { haRuntimeInfo } from '../../../src/protocol/body/ha-runtime-info.ts';
import { getBrokerHaStatus } from '../../../src/protocol/command/get-broker-ha-status.ts';
import { RequestCode } from '../../../src/protocol/request-code.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { SetWorld } from './set-world.ts';

const HEAD_BYTES = 12;

/** A slave that speaks RocketMQ's Default HA and nothing else (DefaultHAClient.java). */
class StockSlave {
  log = Buffer.alloc(0);
  heartbeats = 0;
  closed = false;
  acknowledges = true;
  #received = Buffer.alloc(0);
  readonly #socket: Socket;

  constructor(set: SetWorld, host: string) {
    this.#socket = set.client.network.connect(
      { host, port: 10912 },
      {
        onData: (chunk) => this.#data(chunk),
        onClose: () => {
          this.closed = true;
        },
      },
    );
    this.report(0);
  }

  report(position: number): void {
    const bytes = Buffer.alloc(8);
    writeInt64(bytes, position, 0);
    this.#socket.write([bytes]);
  }

  #data(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= HEAD_BYTES) {
      const size = this.#received.readUInt32BE(8);
      if (this.#received.length < HEAD_BYTES + size) return;
      expect(readInt64(this.#received, 0)).toBe(this.log.length);
      if (size === 0) this.heartbeats++;
      this.log = Buffer.concat([this.log, this.#received.subarray(HEAD_BYTES, HEAD_BYTES + size)]);
      this.#received = this.#received.subarray(HEAD_BYTES + size);
      if (this.acknowledges) this.report(this.log.length);
    }
  }
}

async function sendOne(set: SetWorld, body: string): Promise<string> {
  const producer = await set.producer(`p-${body}`);
  const { status } = await set.world.settle(producer.send({ topic: 'Orders', body: body.padEnd(900) }));
  await set.world.settle(producer.close());
  return status;
}

describe('a stock slave', () => {
  it('gets the bytes of the files as they are, ends of files included, and counts for SYNC_MASTER', async () => {
    const set = await SetWorld.create();
    await set.start('a', 'brokerRole=SYNC_MASTER\nslaveTimeout=500\nhaTransferBatchSize=1000');
    expect(await sendOne(set, 'alone')).toBe('SLAVE_NOT_AVAILABLE');
    const slave = new StockSlave(set, 'a');
    await set.world.run(200);
    for (let n = 0; n < 100; n++) expect(await sendOne(set, `m${n}`)).toBe('SEND_OK');
    await set.world.run(11_000);
    expect(slave.log.length).toBeGreaterThan(65_536);
    expect(slave.log.equals(set.logBytes('a').subarray(0, slave.log.length))).toBe(true);
    expect(slave.log.length).toBe(set.parts('a').store.endPosition);
    expect(slave.heartbeats).toBeGreaterThan(0);
    const status = await set.ask('a', getBrokerHaStatus, {});
    const addr = expect.stringContaining(`${set.client.network.localAddresses()[0]}:`);
    expect(haRuntimeInfo.decode(status.body)).toMatchObject({
      inSyncSlaveNums: 1,
      haConnectionInfo: [{ addr, slaveAckOffset: slave.log.length, diff: 0, inSync: true }],
    });
    slave.acknowledges = false;
    expect(await sendOne(set, 'late')).toBe('FLUSH_SLAVE_TIMEOUT');
    slave.report(1_000_000);
    await set.world.run(100);
    expect(slave.closed).toBe(true);
  });

  it('is one of the copies of minInSyncReplicas', async () => {
    const set = await SetWorld.create();
    await set.start('a', 'brokerRole=SYNC_MASTER\nminInSyncReplicas=2');
    const slave = new StockSlave(set, 'a');
    await set.world.run(200);
    expect(await sendOne(set, 'two')).toBe('SEND_OK');
    expect(slave.closed).toBe(false);
  });

  it('is told the delay progress (45)', async () => {
    const set = await SetWorld.create();
    await set.start('a', 'brokerRole=ASYNC_MASTER');
    set.state('a').delays.import([{ level: 3, nextOffset: 7 }]);
    const client = new RemotingClient({ platform: set.client });
    const answer = await set.world.settle(
      client.request(set.address('a'), RequestCode.GET_ALL_DELAY_OFFSET, {}, { timeoutMs: 1_000 }),
    );
    client.close();
    expect(typeof answer === 'string' ? answer : answer.body.toString()).toBe('{"offsetTable":{"3":7}}');
  });
});
