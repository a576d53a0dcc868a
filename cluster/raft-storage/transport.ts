import type {
  EntryBatch,
  MembersAt,
  Message,
  NodeId,
  PortError,
  Transport,
  TransportEvents,
} from '../../raft/index.ts';
import { assert } from '../../src/base/assert.ts';
import type { Address, Listener, NetworkError, Platform, Socket } from '../../src/platform/ports.ts';
import { formatAddress, parseAddress } from '../../src/remoting/address.ts';
import { LogThrottle } from '../../src/remoting/log-throttle.ts';
import { type AcceptedOwner, AcceptedPeer } from './accepted-peer.ts';
import { decodeRefusal, type Hello, type Refusal, refusals, refuseType } from './hello.ts';
import { checkHello, type SeenStart } from './hello-check.ts';
import { type LinkOwner, PeerLink } from './peer-link.ts';
import type { PeerAddress } from './peers.ts';
import { isRepairFrame } from './repair-wire.ts';
import { connectionMagic, decodeMessage, frameHeaderBytes, frameIncarnation, frameType } from './wire.ts';

/** The own hello without what depends on the connection. */
export type OwnHello = Omit<Hello, 'answer' | 'believedId' | 'incarnation' | 'incarnationNotFromDisk'>;

export interface PeerTransportOptions {
  readonly platform: Platform;
  readonly self: NodeId;
  /** All members at the start (the own entry is ignored): whom to dial, and who may dial. */
  readonly peers: readonly PeerAddress[];
  /** Number of this start, and whether it was counted up from a readable hard state. */
  readonly incarnation: number;
  readonly incarnationFromDisk: boolean;
  /**
   * Makes a higher number of this start durable, because a peer has seen `incarnation - 1` of a member whose hard state is lost. Only called if
   * `incarnationFromDisk` is false.
   */
  readonly raiseIncarnation: (incarnation: number, done: (error: PortError | undefined) => void) => void;
  /** Built anew for each connection. */
  readonly hello: () => OwnHello;
  /** The newest starts that earlier runs saw (hard state). */
  readonly seenStarts: ReadonlyMap<NodeId, SeenStart>;
  /** A newer start of a peer, to be made durable at once: so that an older disk of it is recognized after the own restart too. */
  readonly onStart: (peer: NodeId, start: SeenStart) => void;
  /** A peer refuses this member for good; with code `refusals.incarnation` another process has its identity, and this one must stop. */
  readonly onRefused: (peer: NodeId, refusal: Refusal) => void;
  /** The sets of members that received entries bring (EntryBatch.members); absent where they never change. */
  readonly membersIn?: (entries: EntryBatch) => readonly MembersAt[] | undefined;
  /** Who takes frames that are no messages of the core, by type; a text is a fault that closes the connection. */
  readonly otherFrames?: ReadonlyMap<number, (from: NodeId, frame: Buffer) => string | undefined>;
}

/** Sees the frames of repair, which are none of Raft's messages; a text is a fault that closes the connection. */
export type RepairFrames = (from: NodeId, frame: Buffer) => string | undefined;

/** What is known of one peer. */
interface PeerState {
  readonly link: PeerLink;
  incoming: AcceptedPeer | undefined;
  seen: SeenStart | undefined;
  hello: Hello | undefined;
}

/**
 * Raft's `Transport` over TCP (raft/FORMATS.md 4): each member dials every peer and sends only on what it dialed; so two connections per pair, each
 * ordered, and no tie to break. Messages to a peer that is not connected are dropped.
 */
export class PeerTransport implements Transport, LinkOwner, AcceptedOwner {
  /** A connection whose first byte is at least this one belongs here: the hook of a remoting server on the same port. */
  readonly firstByteAtLeast: number = connectionMagic[0]!;
  readonly #options: PeerTransportOptions;
  readonly #faults: LogThrottle;
  readonly #peers = new Map<NodeId, PeerState>();
  /** Of members that were dropped. */
  readonly #seen = new Map<NodeId, SeenStart>();
  /** Connections whose dialer is not known yet, too. */
  readonly #accepted = new Set<AcceptedPeer>();
  #incarnation: number;
  /** The highest incarnation that is being made durable. */
  #raising: number;
  #events: TransportEvents | undefined;
  #started = false;
  /** Absent: nothing is repaired here. */
  onRepairFrame: RepairFrames = () => undefined;
  #closed = false;

  constructor(options: PeerTransportOptions) {
    const { platform, peers } = options;
    this.#options = options;
    this.#faults = new LogThrottle(platform.logger, platform.clock);
    this.setPeers(peers);
    this.#incarnation = options.incarnation;
    this.#raising = options.incarnation;
  }

  /** Who hears of messages and connections; set once, before `start`. */
  setEvents(events: TransportEvents): void {
    this.#events = events;
  }

  /** Other members from now on: dials those that are new or have another address, and has no connection to all others any more. */
  setPeers(peers: readonly PeerAddress[]): void {
    const wanted = new Map(peers.map((peer) => [peer.id, peer]));
    wanted.delete(this.#options.self);
    for (const [id, { link }] of this.#peers) {
      const peer = wanted.get(id);
      if (peer === undefined || formatAddress(peer) !== formatAddress(link.peer)) this.#drop(id);
    }
    for (const peer of wanted.values()) if (!this.#peers.has(peer.id)) this.#add(peer);
  }

  /** The other members as they are dialed now. */
  peers(): PeerAddress[] {
    return [...this.#peers.values()].map(({ link }) => link.peer);
  }

  #add(peer: PeerAddress): PeerState {
    const { platform, seenStarts } = this.#options;
    const seen = this.#seen.get(peer.id) ?? seenStarts.get(peer.id);
    const state: PeerState = { link: new PeerLink(peer, platform, this), incoming: undefined, seen, hello: undefined };
    this.#peers.set(peer.id, state);
    if (this.#started && !this.#closed) state.link.start();
    return state;
  }

  #drop(id: NodeId): void {
    const state = this.#peers.get(id)!;
    this.#peers.delete(id);
    if (state.seen !== undefined) this.#seen.set(id, state.seen);
    state.link.stop();
    state.incoming?.destroy();
    if (!this.#closed) this.#events?.closed(id);
  }

  get #members(): ReadonlySet<NodeId> {
    return new Set(this.#peers.keys());
  }

  /** Begins to dial. Before this, the start of this process must be durable (hard state). */
  start(): void {
    assert(this.#events !== undefined, 'events are set before the start');
    this.#started = true;
    for (const { link } of this.#peers.values()) link.start();
  }

  /** Listens for peers on a port of its own. */
  listen(address: Address, done: (result: Listener | NetworkError) => void): void {
    this.#options.platform.network.listen(address, (socket) => this.take(socket, Buffer.alloc(0)), done);
  }

  /** Takes over an accepted socket of which `firstChunk` was read already. */
  take(socket: Socket, firstChunk: Buffer): void {
    if (this.#closed) {
      socket.destroy();
      return;
    }
    const connection = new AcceptedPeer(socket, this.#options.platform.timers, this);
    this.#accepted.add(connection);
    if (firstChunk.length > 0) connection.receive(firstChunk);
  }

  close(): void {
    this.#closed = true;
    for (const { link } of this.#peers.values()) link.stop();
    for (const connection of this.#accepted) connection.destroy();
    this.#accepted.clear();
  }

  // --- Transport ---------------------------------------------------------------------------------------------------

  send(message: Message): void {
    this.#peers.get(message.to)?.link.send(message, this.#incarnation);
  }

  /** Sends a frame that is no message of the core, at once; `encode` gets the own incarnation. False if the peer is not connected: it is dropped. */
  sendFrame(to: NodeId, encode: (incarnation: number) => readonly Buffer[]): boolean {
    const link = this.#peers.get(to)?.link;
    const sent = link?.sendFrame(encode(this.#incarnation)) ?? false;
    if (sent) link?.flush();
    return sent;
  }

  flush(): void {
    for (const { link } of this.#peers.values()) link.flush();
  }

  pendingBytes(to: NodeId): number {
    return this.#peers.get(to)?.link.pendingBytes ?? 0;
  }

  /** The newest hello of a peer (its advertised broker address stands there); undefined if none came since the start. */
  peerHello(id: NodeId): Hello | undefined {
    return this.#peers.get(id)?.hello;
  }

  /** Members to which a connection is open. */
  connectedPeers(): NodeId[] {
    return [...this.#peers].filter(([, { link }]) => link.isOpen).map(([id]) => id);
  }

  // --- LinkOwner ---------------------------------------------------------------------------------------------------

  hello(peer: NodeId): Hello {
    return this.#own({ answer: false, believedId: peer });
  }

  answered(peer: NodeId, theirs: Hello): Refusal | undefined {
    const state = this.#peers.get(peer)!;
    const own = this.hello(peer);
    const refusal = checkHello({ own, theirs, expectedId: peer, members: this.#members, seen: state.seen });
    if (refusal === undefined) this.#remember(state, theirs);
    return refusal;
  }

  connected(_peer: NodeId, hello: Hello): void {
    const { id, incarnation, inDoubt, fresh, lastIndex, lastTerm } = hello;
    this.#events?.connected({ id, incarnation, inDoubt, fresh, lastIndex, lastTerm });
  }

  /** The peer refuses this member, on a connection of either direction. */
  refused(peer: NodeId, refusal: Refusal): void {
    if (this.#closed) return;
    const { incarnationFromDisk, raiseIncarnation, onRefused } = this.#options;
    if (refusal.code !== refusals.incarnation || incarnationFromDisk) {
      onRefused(peer, refusal);
      return;
    }
    const incarnation = refusal.seenIncarnation + 1;
    if (incarnation <= this.#raising) return;
    this.#raising = incarnation;
    raiseIncarnation(incarnation, (error) => {
      if (error !== undefined || incarnation < this.#raising || this.#closed) return;
      this.#incarnation = incarnation;
      for (const { link } of this.#peers.values()) link.renew();
    });
  }

  #own(more: Pick<Hello, 'answer' | 'believedId'>): Hello {
    const incarnationNotFromDisk = !this.#options.incarnationFromDisk;
    return { ...this.#options.hello(), ...more, incarnation: this.#incarnation, incarnationNotFromDisk };
  }

  /** End of a link (by the peer's id) or of an accepted connection. */
  closed(ended: NodeId | AcceptedPeer): void {
    if (typeof ended === 'string') {
      if (!this.#closed) this.#events?.closed(ended);
      return;
    }
    this.#accepted.delete(ended);
    const state = ended.hello === undefined ? undefined : this.#peers.get(ended.hello.id);
    if (state?.incoming === ended) state.incoming = undefined;
  }

  // --- AcceptedOwner -----------------------------------------------------------------------------------------------

  greeted(connection: AcceptedPeer, theirs: Hello): { refusal: Refusal; own: Hello } | { own: Hello } {
    const own = this.#own({ answer: true, believedId: '' });
    const known = this.#peers.get(theirs.id);
    const seen = known?.seen ?? this.#seen.get(theirs.id);
    const refusal = checkHello({ own, theirs, expectedId: undefined, members: this.#members, seen });
    if (refusal !== undefined) {
      this.#faults.error('refused a peer', { peer: theirs.id, remote: connection.remote, why: refusal.message });
      return { refusal, own };
    }
    const state = known ?? this.#addStranger(theirs);
    if (state === undefined) {
      const message = `${theirs.id} says that it is reached at ${theirs.peerAddress}, which is no host:port: correct its dLegerPeers`;
      return { refusal: { code: refusals.memberId, message, seenIncarnation: 0 }, own };
    }
    this.#remember(state, theirs);
    state.incoming?.destroy();
    state.incoming = connection;
    state.link.heard();
    // Answers go out on the own connection: without it, a vote for a peer that has just come up would be lost, and with it an election.
    state.link.dialNow();
    return { own };
  }

  /** A member by an entry that the own log may lack: it gets its answers at the address that it states, until the set is known. */
  #addStranger({ id, peerAddress }: Hello): PeerState | undefined {
    const address = parseAddress(peerAddress);
    return address === undefined ? undefined : this.#add({ id, ...address });
  }

  frame(connection: AcceptedPeer, frame: Buffer): string | undefined {
    const { id } = connection.hello!;
    const state = this.#peers.get(id);
    if (state === undefined) return 'it is no member any more';
    if (frame.length < frameHeaderBytes) return 'a frame that is too short';
    if (frameType(frame) === refuseType) return this.#onRefuseFrame(id, frame);
    state.link.heard();
    if (frameIncarnation(frame) < state.seen!.incarnation || this.#closed) return undefined;
    const other = this.#options.otherFrames?.get(frameType(frame));
    if (other !== undefined) return other(id, frame);
    if (isRepairFrame(frameType(frame))) return this.onRepairFrame(id, frame);
    const message = decodeMessage(frame, id, this.#options.self);
    if (typeof message === 'string') return message;
    this.#events?.receive(this.#withMembers(message));
    return undefined;
  }

  #withMembers(message: Message): Message {
    if (message.type !== 'append' || message.entries === undefined) return message;
    const members = this.#options.membersIn?.(message.entries);
    return members === undefined ? message : { ...message, entries: { ...message.entries, members } };
  }

  #onRefuseFrame(peer: NodeId, frame: Buffer): string {
    const refusal = decodeRefusal(frame);
    if (typeof refusal === 'string') return refusal;
    this.refused(peer, refusal);
    return `it refuses this member: ${refusal.message}`;
  }

  fault(connection: AcceptedPeer, why: string): void {
    const peer = connection.hello?.id ?? 'unknown';
    this.#faults.warn('closed the connection of a peer', { peer, remote: connection.remote, why });
  }

  /** Notes a peer's hello; connections of an earlier start of it are closed. */
  #remember(state: PeerState, hello: Hello): void {
    state.hello = hello;
    const { id, incarnation, nonce } = hello;
    const known = state.seen;
    if (known?.incarnation === incarnation && known.nonce === nonce) return;
    state.seen = { incarnation, nonce };
    this.#options.onStart(id, state.seen);
    if (incarnation === known?.incarnation) return;
    const { link, incoming } = state;
    if (link.isOpen && link.incarnation < incarnation) link.renew();
    if (incoming?.hello !== undefined && incoming.hello.incarnation < incarnation) incoming.destroy();
  }
}
