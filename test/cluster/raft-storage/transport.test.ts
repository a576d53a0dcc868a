import { describe, expect, it } from 'vitest';
import { encodeHello, type Hello, type Refusal } from '../../../cluster/raft-storage/hello.ts';
import type { PeerAddress } from '../../../cluster/raft-storage/peers.ts';
import { PeerTransport, type PeerTransportOptions } from '../../../cluster/raft-storage/transport.ts';
import { connectionMagic, encodeMessage } from '../../../cluster/raft-storage/wire.ts';
import type { AppendRequest, Message, PeerHello } from '../../../raft/index.ts';
import { createVirtualPlatform, type VirtualPlatform, VirtualWorld } from '../../support/virtual-platform.ts';
import { helloOf } from './hello-fixture.ts';
import { openLog, propose } from './log-fixture.ts';

const port = 40911;
const peers: PeerAddress[] = ['n0', 'n1', 'n2'].map((id) => ({ id, host: id, port }));

/** One member: its transport, and what it reported. */
class Member {
  readonly platform: VirtualPlatform;
  readonly transport: PeerTransport;
  readonly received: Message[] = [];
  readonly events: string[] = [];
  readonly refused: Refusal[] = [];
  hello: Hello;

  constructor(world: VirtualWorld, id: string, more: Partial<Hello> = {}, options: Partial<PeerTransportOptions> = {}) {
    this.platform = world.start(id);
    this.hello = helloOf(id, more);
    this.transport = new PeerTransport({
      platform: this.platform,
      self: id,
      peers,
      incarnation: this.hello.incarnation,
      incarnationFromDisk: true,
      raiseIncarnation: () => expect.fail('not asked for'),
      hello: () => this.hello,
      seenStarts: new Map(),
      onStart: (peer, { incarnation }) => this.events.push(`start ${peer} ${incarnation}`),
      onRefused: (_peer, refusal) => this.refused.push(refusal),
      ...options,
    });
    this.transport.setEvents({
      receive: (message) => this.received.push(message),
      connected: (hello: PeerHello) => this.events.push(`connected ${hello.id} ${hello.incarnation}`),
      closed: (peer) => this.events.push(`closed ${peer}`),
    });
    this.transport.listen({ host: '0.0.0.0', port }, () => this.transport.start());
  }

  heartbeat(to: string, round: number): void {
    this.transport.send({ type: 'heartbeat', from: this.hello.id, to, term: 3, commit: 0, round });
    this.transport.flush();
  }

  rounds(): number[] {
    return this.received.map((message) => (message.type === 'heartbeat' ? message.round : -1));
  }
}

function pair(world = new VirtualWorld()) {
  const a = new Member(world, 'n0');
  const b = new Member(world, 'n1');
  world.runUntil(() => a.transport.connectedPeers().includes('n1') && b.transport.connectedPeers().includes('n0'));
  return { world, a, b };
}

describe('connections', () => {
  it('open in both directions, and carry messages in order', () => {
    const { world, a, b } = pair();
    expect(a.events).toContain('connected n1 1');
    expect(a.transport.peerHello('n1')?.brokerAddress).toBe('n1:10911');
    for (let round = 1; round <= 50; round++) a.heartbeat('n1', round);
    b.heartbeat('n0', 99);
    world.runUntil(() => b.received.length === 50 && a.received.length === 1);
    expect(b.rounds()).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(b.received[0]).toMatchObject({ from: 'n0', to: 'n1', term: 3 });
  });

  it('write once per peer and flush, entries as they stand in the log', () => {
    const { world, a, b } = pair();
    const { log } = openLog(createVirtualPlatform());
    for (let i = 1; i <= 3; i++) propose(log, 3, 100, i);
    const entries = log.view(1, 10_000);
    const before = a.platform.network.writeCount;
    const append = { type: 'append', from: 'n0', to: 'n1', term: 3, sequence: 1, prevIndex: 0, prevTerm: 0 } as const;
    a.transport.send({ ...append, prevChainCrc: 0, commit: 0, syncFlush: false, entries });
    a.transport.send({ type: 'heartbeat', from: 'n0', to: 'n1', term: 3, commit: 0, round: 1 });
    expect(a.transport.pendingBytes('n1')).toBeGreaterThan(3 * 148);
    a.transport.flush();
    expect(a.platform.network.writeCount - before).toBe(1);
    world.runUntil(() => b.received.length === 2);
    const follower = openLog(createVirtualPlatform()).log;
    expect(follower.append((b.received[0] as AppendRequest).entries!)).toBeUndefined();
    expect(follower.chainCrc(3)).toBe(log.chainCrc(3));
  });

  it('survive being cut into single bytes', () => {
    const world = new VirtualWorld();
    world.fabric.maxChunkBytes = 1;
    const { a, b } = pair(world);
    a.heartbeat('n1', 7);
    world.runUntil(() => b.received.length === 1);
    expect(b.rounds()).toEqual([7]);
  });

  it('dial again at once after an end, then ever more slowly up to a second, and report each failure', () => {
    const { world, a, b } = pair();
    world.advance(1000);
    a.events.length = 0;
    const killedMs = world.nowMs;
    b.platform.crash();
    world.runUntil(() => a.events.filter((event) => event === 'closed n1').length === 2);
    expect(world.nowMs - killedMs).toBeLessThan(5);
    world.advance(10_000);
    const attempts = a.events.filter((event) => event === 'closed n1').length;
    expect(attempts).toBeGreaterThan(9);
    expect(attempts).toBeLessThan(20);
    expect(a.platform.logger).toBeDefined();

    const again = new Member(world, 'n1', { incarnation: 2, nonce: '33'.repeat(8) });
    world.runUntil(() => a.events.includes('connected n1 2'));
    expect(a.events).toContain('start n1 2');
    a.heartbeat('n1', 5);
    world.runUntil(() => again.received.length === 1);
  });

  it('are dialed at once when the peer has dialed', () => {
    const { world, a, b } = pair();
    b.platform.crash();
    world.advance(10_000);
    const again = new Member(world, 'n1', { incarnation: 2, nonce: '33'.repeat(8) });
    world.runUntil(() => again.events.includes('connected n0 1'));
    const dialedMs = world.nowMs;
    world.runUntil(() => a.transport.connectedPeers().includes('n1'), 5000);
    expect(world.nowMs - dialedMs).toBeLessThan(20);
  });

  it('drop messages while there is no connection, and do not wait for them', () => {
    const { world, a, b } = pair();
    b.platform.crash();
    world.advance(10);
    a.heartbeat('n1', 1);
    expect(a.transport.pendingBytes('n1')).toBe(0);
    const again = new Member(world, 'n1', { incarnation: 2, nonce: '33'.repeat(8) });
    world.runUntil(() => a.transport.connectedPeers().includes('n1'), 5000);
    a.heartbeat('n1', 2);
    world.runUntil(() => again.received.length === 1);
    expect(again.rounds()).toEqual([2]);
  });

  it('are given up and dialed anew when a peer stays silent', () => {
    const { world, a } = pair();
    world.fabric.cut('n0', 'n1');
    a.events.length = 0;
    for (let i = 0; i < 40; i++) {
      a.heartbeat('n1', i);
      world.advance(100);
    }
    expect(a.events).toContain('closed n1');
    world.fabric.healAll();
    const healedMs = world.nowMs;
    world.runUntil(() => a.events.includes('connected n1 1'));
    expect(world.nowMs - healedMs).toBeLessThan(3000);
  });

  it('are all closed at the end, and nothing is reported any more', () => {
    const { world, a, b } = pair();
    a.transport.close();
    a.events.length = 0;
    world.runUntil(() => b.events.includes('closed n0'));
    world.advance(5000);
    expect([a.events, a.platform.timers.pending]).toEqual([[], 0]);
  });
});

describe('strangers', () => {
  function knock(world: VirtualWorld, bytes: Buffer[]): { closed: () => boolean; answer: () => Buffer } {
    let closed = false;
    const chunks: Buffer[] = [];
    const platform = world.start(`stranger-${bytes.length}-${bytes[0]?.length}`);
    const socket = platform.network.connect(
      { host: 'n0', port },
      {
        onOpen: () => socket.write(bytes),
        onData: (chunk) => chunks.push(chunk),
        onClose: () => {
          closed = true;
        },
      },
    );
    return { closed: () => closed, answer: () => Buffer.concat(chunks) };
  }

  it.each<[string, Buffer[], string]>([
    ['garbage', [Buffer.from([0xa7, 1, 2, 3, 4, 5, 6, 7, 8])], 'does not open as a peer'],
    ['a frame of 2 GB', [connectionMagic, Buffer.from([0x7f, 0xff, 0xff, 0xff])], '2147483647 bytes'],
    [
      'a frame before the hello',
      [connectionMagic, Buffer.concat([Buffer.from([0, 0, 0, 28, 34]), Buffer.alloc(27)])],
      'before the hello',
    ],
    ['silence', [connectionMagic.subarray(0, 3)], 'no hello within 2000 ms'],
  ])('are closed with one line: %s', (_what, bytes, text) => {
    const world = new VirtualWorld();
    const a = new Member(world, 'n0');
    world.advance(10);
    const { closed } = knock(world, bytes);
    world.runUntil(closed, 3000);
    expect(JSON.stringify(a.platform.logger)).toContain(text);
  });

  it('of another group learn why', () => {
    const world = new VirtualWorld();
    const a = new Member(world, 'n0');
    const b = new Member(world, 'n1', { groupName: 'Other' });
    world.runUntil(() => b.refused.length > 0 && a.refused.length > 0);
    expect(b.refused[0]).toMatchObject({ code: 3 });
    expect(b.refused[0]?.message).toContain('n1 is of group Other, n0 of group RaftNode00');
    expect(a.transport.connectedPeers()).toEqual([]);
  });
});

describe('starts of a peer', () => {
  it('that were overtaken have no say: frames of an older incarnation are dropped', () => {
    const world = new VirtualWorld();
    const a = new Member(world, 'n0');
    world.advance(10);
    // The older start runs at another place, and what it sends is late.
    const old = world.start('elsewhere');
    let closed = false;
    const socket = old.network.connect(
      { host: 'n0', port },
      {
        onOpen: () => socket.write([connectionMagic, encodeHello(helloOf('n1', { incarnation: 1 }))]),
        onData: () => undefined,
        onClose: () => {
          closed = true;
        },
      },
    );
    const heartbeat = (round: number): void => {
      const frames: Buffer[] = [];
      encodeMessage({ type: 'heartbeat', from: 'n1', to: 'n0', term: 3, commit: 0, round }, 1, frames);
      socket.write(frames);
    };
    world.runUntil(() => a.events.includes('start n1 1'));
    heartbeat(1);
    world.runUntil(() => a.received.length > 0);
    world.fabric.cutOneWay('elsewhere', 'n0');
    heartbeat(2);
    // The newer one is known as soon as it answers; its own connection comes later.
    const unreachable = peers.map((peer) => (peer.id === 'n0' ? { ...peer, host: 'nowhere' } : peer));
    const b = new Member(world, 'n1', { incarnation: 2, nonce: '33'.repeat(8) }, { peers: unreachable });
    world.runUntil(() => a.events.includes('connected n1 2'), 5000);
    world.fabric.heal('elsewhere', 'n0');
    world.advance(10);
    expect([a.rounds(), closed]).toEqual([[1], true]);
    b.transport.setPeers(peers);
    world.runUntil(() => b.transport.connectedPeers().includes('n0'));
    b.heartbeat('n0', 4);
    world.runUntil(() => a.received.length > 1);
    expect(a.rounds()).toEqual([1, 4]);
  });

  it('that take the place of one that ended without a word are dialed anew at once', () => {
    const { world, a, b } = pair();
    b.platform.crash({ machine: true });
    world.advance(1000);
    expect(a.transport.connectedPeers()).toContain('n1');
    const again = new Member(world, 'n1', { incarnation: 2, nonce: '33'.repeat(8) });
    world.runUntil(() => a.events.includes('start n1 2'));
    const greetedMs = world.nowMs;
    world.runUntil(() => a.events.includes('connected n1 2'));
    expect(world.nowMs - greetedMs).toBeLessThan(5);
    a.heartbeat('n1', 5);
    world.runUntil(() => again.received.length === 1);
    expect(again.rounds()).toEqual([5]);
  });

  it('that repeat a number with another process are refused, and the process is told', () => {
    const world = new VirtualWorld();
    const a = new Member(world, 'n0', {}, { seenStarts: new Map([['n1', { incarnation: 9, nonce: '' }]]) });
    const b = new Member(world, 'n1', { incarnation: 8 });
    world.runUntil(() => b.refused.length > 0);
    expect(b.refused[0]).toMatchObject({ code: 6, seenIncarnation: 9 });
    expect(b.refused[0]?.message).toContain('start number 8, but 9 was seen');
    expect(a.transport.connectedPeers()).toEqual([]);
  });

  it('of a disk that was set back by exactly one start are told by their process, also by who was started anew since', () => {
    const world = new VirtualWorld();
    const seenStarts = new Map([['n1', { incarnation: 9, nonce: '77'.repeat(8) }]]);
    const a = new Member(world, 'n0', {}, { seenStarts });
    const b = new Member(world, 'n1', { incarnation: 9, nonce: '88'.repeat(8) });
    world.runUntil(() => b.refused.length > 0);
    expect(b.refused[0]).toMatchObject({ code: 6, seenIncarnation: 9 });
    expect(a.events.filter((event) => event.startsWith('start'))).toEqual([]);
  });

  it('whose process was not known are remembered with it', () => {
    const world = new VirtualWorld();
    const starts: unknown[] = [];
    const seenStarts = new Map([['n1', { incarnation: 9, nonce: '' }]]);
    const nonce = '88'.repeat(8);
    const onStart = (...start: unknown[]) => starts.push(start);
    const a = new Member(world, 'n0', {}, { seenStarts, onStart });
    const b = new Member(world, 'n1', { incarnation: 9, nonce });
    world.runUntil(() => a.transport.connectedPeers().includes('n1') && b.transport.connectedPeers().includes('n0'));
    expect(starts).toEqual([['n1', { incarnation: 9, nonce }]]);
  });

  it('of a wiped member count on from what its peers have seen', () => {
    const world = new VirtualWorld();
    const a = new Member(world, 'n0', {}, { seenStarts: new Map([['n1', { incarnation: 9, nonce: '' }]]) });
    const raised: number[] = [];
    const b = new Member(
      world,
      'n1',
      { incarnation: 1, inDoubt: true, fresh: true },
      {
        incarnationFromDisk: false,
        raiseIncarnation: (incarnation, done) => {
          raised.push(incarnation);
          done(undefined);
        },
      },
    );
    world.runUntil(() => a.transport.connectedPeers().includes('n1') && b.transport.connectedPeers().includes('n0'));
    expect(raised).toEqual([10]);
    expect(a.events).toContain('start n1 10');
    expect(a.transport.peerHello('n1')).toMatchObject({ incarnation: 10, incarnationNotFromDisk: true, fresh: true });
    b.heartbeat('n0', 3);
    world.runUntil(() => a.received.length === 1);
    expect(b.refused).toEqual([]);
  });
});
