import { afterAll, describe, expect, test } from 'vitest';
import { NodeNetwork } from '../../src/platform/node/network.ts';
import type { Listener, Network, NetworkError, Socket, SocketHandlers } from '../../src/platform/ports.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { createVirtualPlatform } from '../support/virtual-platform.ts';

/** A network under test: the same contract holds for the real one and the one of the tests. */
interface Subject {
  readonly network: Network;
  settle<Result>(promise: Promise<Result>): Promise<Result>;
}

const nodeNetwork = (): Subject => ({ network: new NodeNetwork(new RecordingLogger()), settle: (promise) => promise });

function virtualNetwork(): Subject {
  const { network, world } = createVirtualPlatform();
  return { network, settle: (promise) => world.settle(promise) };
}

/** Collects what happens on a socket; `until` waits for it. */
class Witness implements SocketHandlers {
  readonly events: string[] = [];
  readonly #chunks: Buffer[] = [];
  receivedBytes = 0;
  #wake = () => {};

  onOpen(): void {
    this.#happened('open');
  }

  onData(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.receivedBytes += chunk.length;
    this.#wake();
  }

  onDrain(): void {
    this.#happened('drain');
  }

  onClose(reason: NetworkError | undefined): void {
    this.#happened(`close ${reason?.code ?? 'cleanly'}`);
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  async until(condition: (witness: Witness) => boolean): Promise<void> {
    while (!condition(this)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #happened(event: string): void {
    this.events.push(event);
    this.#wake();
  }
}

describe.each([
  ['node', nodeNetwork],
  ['virtual', virtualNetwork],
])('%s network', (_name, make) => {
  const { network, settle } = make();
  const listeners: Listener[] = [];
  afterAll(() => listeners.forEach((listener) => void listener.close()));

  const listen = (port: number, onConnection: (socket: Socket) => void) =>
    settle(
      new Promise<Listener | NetworkError>((resolve) =>
        network.listen({ host: '127.0.0.1', port }, onConnection, resolve),
      ),
    );

  /** A connection with a witness on both sides. */
  async function connected() {
    const witness = { dialled: new Witness(), accepted: new Witness() };
    let accepted: Socket | undefined;
    const listener = await listen(0, (socket) => {
      accepted = socket;
      socket.setHandlers(witness.accepted);
    });
    if (!('close' in listener)) throw new Error(listener.error);
    listeners.push(listener);
    const dialled = network.connect({ host: '127.0.0.1', port: listener.address.port }, witness.dialled);
    await settle(witness.dialled.until(({ events }) => events.includes('open')));
    dialled.write([Buffer.from('!')]);
    await settle(witness.accepted.until(({ receivedBytes }) => receivedBytes === 1));
    return { dialled, accepted: accepted as Socket, witness, listener };
  }

  test('gathered writes arrive in order, in both directions', async () => {
    const { dialled, accepted, witness } = await connected();
    const buffers = [10, 5000, 20, 30, 40, 70_000, 0, 1].map((size, at) => Buffer.alloc(size, at));
    dialled.write(buffers);
    accepted.write(buffers);
    const all = Buffer.concat(buffers);
    await settle(witness.accepted.until(({ receivedBytes }) => receivedBytes === all.length + 1));
    await settle(witness.dialled.until(({ receivedBytes }) => receivedBytes === all.length));
    expect(witness.accepted.received.subarray(1).equals(all)).toBe(true);
    expect(witness.dialled.received.equals(all)).toBe(true);
    dialled.destroy();
  });

  test('end sends what is queued; both sides close cleanly, once', async () => {
    const { dialled, witness } = await connected();
    dialled.write([Buffer.alloc(500_000)]);
    dialled.end();
    expect(dialled.write([Buffer.from('too late')])).toBe(false);
    for (const side of [witness.dialled, witness.accepted])
      await settle(side.until(({ events }) => events.length > 0 && events.at(-1)?.startsWith('close') === true));
    expect(witness.accepted.receivedBytes).toBe(500_001);
    expect(witness.accepted.events).toEqual(['close cleanly']);
    expect(witness.dialled.events.filter((event) => event !== 'drain')).toEqual(['open', 'close cleanly']);
  });

  test('destroy closes this side cleanly and in a later turn', async () => {
    const { dialled, witness } = await connected();
    dialled.destroy();
    expect(witness.dialled.events).toEqual(['open']);
    await settle(witness.dialled.until(({ events }) => events.length === 2));
    await settle(witness.accepted.until(({ events }) => events.length === 1));
    expect(witness.dialled.events[1]).toBe('close cleanly');
  });

  test('a paused reader holds the writer back until it goes on', async () => {
    const { dialled, accepted, witness } = await connected();
    accepted.pause();
    const bytes = 20_000_000;
    expect(dialled.write([Buffer.alloc(bytes)])).toBe(false);
    expect(dialled.bufferedBytes).toBeGreaterThan(0);
    expect(witness.dialled.events).toEqual(['open']);
    accepted.resume();
    await settle(witness.accepted.until(({ receivedBytes }) => receivedBytes === bytes + 1));
    await settle(witness.dialled.until(({ events }) => events.includes('drain')));
    expect(dialled.bufferedBytes).toBe(0);
    dialled.destroy();
  });

  test('tells the addresses of both sides', async () => {
    const { dialled, accepted, listener } = await connected();
    expect(dialled.remote.port).toBe(listener.address.port);
    expect(accepted.local.port).toBe(listener.address.port);
    expect(accepted.remote.port).toBe(dialled.local.port);
    expect(accepted.remote.host).toBe(dialled.local.host);
    dialled.destroy();
  });

  test('a busy port and a closed one are values', async () => {
    const { listener } = await connected();
    const second = await listen(listener.address.port, () => {});
    expect('code' in second && second.code).toBe('EADDRINUSE');
    await settle(new Promise<void>((resolve) => listener.close(resolve)));
    const witness = new Witness();
    network.connect({ host: '127.0.0.1', port: listener.address.port }, witness);
    await settle(witness.until(({ events }) => events.length > 0));
    expect(witness.events).toEqual(['close ECONNREFUSED']);
  });
});

test('an IPv4 peer of a dual-stack listener appears as IPv4', async () => {
  const { network } = nodeNetwork();
  let accepted: Socket | undefined;
  const listener = await new Promise<Listener | NetworkError>((resolve) =>
    network.listen(
      { host: '::', port: 0 },
      (socket) => {
        accepted = socket;
        socket.setHandlers(new Witness());
      },
      resolve,
    ),
  );
  if (!('close' in listener)) return; // a machine without IPv6
  const witness = new Witness();
  const dialled = network.connect({ host: '127.0.0.1', port: listener.address.port }, witness);
  await witness.until(({ events }) => events.includes('open'));
  dialled.write([Buffer.from('x')]);
  dialled.end();
  await witness.until(({ events }) => events.length > 1);
  expect(accepted?.remote.host).toBe('127.0.0.1');
  listener.close();
});
