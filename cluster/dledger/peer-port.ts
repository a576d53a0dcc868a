import type { PortError, ReplicaStatus } from '../../raft/index.ts';
import type { NetworkError, Platform } from '../../src/platform/ports.ts';
import { Version, versionName } from '../../src/protocol/codes.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import { formatAddress } from '../../src/remoting/address.ts';
import type { Dispatcher } from '../../src/remoting/dispatcher.ts';
import { listenProblem } from '../../src/remoting/listen-problem.ts';
import { RemotingServer, type ServerEvents } from '../../src/remoting/server.ts';
import { formatVersion, type Refusal, refusals } from '../raft-storage/hello.ts';
import type { RaftStorage } from '../raft-storage/open-raft-storage.ts';
import { type OwnHello, PeerTransport } from '../raft-storage/transport.ts';
import type { GroupMembers } from './group-members.ts';
import type { GroupRecords } from './group-records.ts';
import type { GroupSettings } from './group-settings.ts';
import { MemberRefused } from './open-member.ts';

/** Requests of stock DLedger (DLedgerRequestCode.java): it dials in where a group is mixed by mistake. */
const STOCK_CODES = [50000, 50001, 50002, 51001, 51002, 51003, 51004, 51005, 51006];
const STOCK_REFUSED =
  "this is a LedgerMQ broker, which does not speak stock DLedger's replication: mixed groups are not supported";
const NONCE_BYTES = 8;
const CLOSE_GRACE_MS = 100;
/** A member that leaves is still heard for so long: it may have led, and tells who is to take over. */
const FAREWELL_MS = 1_000;

/** By type of frame; a text is a fault that closes the connection. */
export type FrameHandlers = Map<number, (from: string, frame: Buffer) => string | undefined>;

export interface PeerPortOptions {
  readonly platform: Platform;
  readonly storage: RaftStorage;
  readonly settings: GroupSettings;
  readonly records: GroupRecords;
  /** Absent: the members are those of the configuration for ever. */
  readonly members?: GroupMembers;
  readonly frames?: FrameHandlers;
  /** Key of the configuration that names the members and their ports. */
  readonly peersKey: string;
  readonly bindAddress: string;
  readonly idleMs: number;
  readonly bootstrapWithMajority: boolean;
  /** Where clients of this member's leadership are sent: `ip:port`. */
  readonly advertisedAddress: string;
  /** Answers remoting requests on this port; stock DLedger's are refused here. */
  readonly dispatcher: Dispatcher;
  readonly events?: ServerEvents;
  readonly status: () => ReplicaStatus;
  /** Another process has this member's identity, or its disk fails: the process has to stop. */
  readonly onFatal: (error: PortError) => void;
}

/** Where a member listens for the others: the default, all IPv4 addresses, takes in IPv6 where the member's own entry is an IPv6 address. */
export function listenHost(bindAddress: string, ownHost: string): string {
  return bindAddress === '0.0.0.0' && ownHost.includes(':') ? '::' : bindAddress;
}

/**
 * The port of `dLegerPeers` or `controllerDLegerPeers`: replication between the members, told apart from remoting by its first byte, so that both share the port.
 */
export class PeerPort {
  readonly transport: PeerTransport;
  readonly #options: PeerPortOptions;
  readonly #server: RemotingServer;
  readonly #nonce: string;
  /** The last refusal of each member that was told to people. */
  readonly #refusals = new Map<string, string>();
  #closed = false;

  constructor(options: PeerPortOptions) {
    const { platform, storage, settings, members, frames, dispatcher, events, idleMs } = options;
    const { hardState } = storage;
    this.#options = options;
    this.#nonce = platform.random.bytes(NONCE_BYTES).toString('hex');
    for (const code of STOCK_CODES) {
      dispatcher.register(code, (context) => context.reply(ResponseCode.SYSTEM_ERROR, STOCK_REFUSED));
    }
    this.#server = new RemotingServer({ platform, dispatcher, limits: { idleMs }, events: events ?? {} });
    this.transport = new PeerTransport({
      platform,
      self: settings.self.id,
      peers: members?.peers() ?? settings.peers,
      ...(members === undefined ? {} : { membersIn: (entries) => members.setsIn(entries) }),
      ...(frames === undefined ? {} : { otherFrames: frames }),
      incarnation: hardState.record.incarnation,
      incarnationFromDisk: storage.incarnationFromDisk,
      raiseIncarnation: (incarnation, done) =>
        hardState.saveIncarnation(incarnation, (error) => {
          if (error !== undefined) options.onFatal(error);
          done(error);
        }),
      hello: () => this.#hello(),
      seenStarts: hardState.record.peerStarts,
      onStart: (peer, start) =>
        hardState.savePeerStart(peer, start, (error) => error !== undefined && options.onFatal(error)),
      onRefused: (peer, refusal) => this.#refused(peer, refusal),
    });
    members?.onChange(() => this.#reach(members));
  }

  /** Opens the port on all addresses. Rejects with a sentence. */
  listen(): Promise<void> {
    const { bindAddress, settings, peersKey } = this.#options;
    const { id, host, port } = settings.self;
    const address = { host: listenHost(bindAddress, host), port };
    return new Promise((resolve, reject) => {
      const opened = (error: NetworkError | undefined): void => {
        if (error === undefined) resolve();
        else
          reject(
            new MemberRefused(
              listenProblem(
                address,
                error,
                `Stop that process, or give ${id} another port in ${peersKey}`,
                `Correct the address of ${id} in ${peersKey}, or bindAddress`,
              ),
            ),
          );
      };
      this.#server.listen(address, opened, this.transport);
    });
  }

  /** Begins to dial the other members. */
  start(): void {
    this.transport.start();
  }

  #reach(members: GroupMembers): void {
    const wanted = members.peers();
    const leaving = this.transport.peers().filter(({ id }) => !wanted.some((peer) => peer.id === id));
    this.transport.setPeers([...wanted, ...leaving]);
    if (leaving.length === 0) return;
    this.#options.platform.timers.after(FAREWELL_MS, () => {
      if (!this.#closed) this.transport.setPeers(members.peers());
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    this.transport.close();
    return new Promise((resolve) => this.#server.close(CLOSE_GRACE_MS, resolve));
  }

  /** Broker address `ip:port` of the leader that this node follows, with its term. */
  leader(): { readonly address: string; readonly term: number } | undefined {
    const { leader, term, id } = this.#options.status();
    if (leader === undefined || leader === id) return undefined;
    const address = this.transport.peerHello(leader)?.brokerAddress;
    return address === undefined ? undefined : { address, term };
  }

  #refused(peer: string, refusal: Refusal): void {
    const { platform } = this.#options;
    if (this.#refusals.get(peer) !== refusal.message) {
      this.#refusals.set(peer, refusal.message);
      platform.logger.error('A member refuses this one', { peer, code: refusal.code, reason: refusal.message });
    }
    if (refusal.code === refusals.incarnation) {
      this.#options.onFatal({ code: 'IDENTITY', message: refusal.message });
    }
  }

  #hello(): OwnHello {
    const { records, status, settings, storage, bootstrapWithMajority, advertisedAddress } = this.#options;
    const { log } = storage;
    const { term, inDoubt, fresh, commitIndex } = status();
    return {
      term,
      formatVersion,
      lowestVersion: formatVersion,
      fresh,
      inDoubt,
      bootstrapWithMajority,
      mustFeatures: 0,
      mayFeatures: 0,
      groupId: records.identity?.groupId ?? storage.hardState.record.groupId,
      nonce: this.#nonce,
      dataFileSize: log.segments.segmentBytes,
      firstPosition: records.identity?.firstPosition ?? 0,
      chainStart: records.chainStart,
      lastChainCrc: log.chainCrc(log.lastIndex),
      firstIndex: log.firstIndex,
      lastIndex: log.lastIndex,
      lastTerm: log.lastTerm,
      endPosition: log.segments.endPosition,
      commit: commitIndex,
      groupName: settings.groupName,
      id: settings.self.id,
      brokerAddress: advertisedAddress,
      softwareVersion: versionName(Version.CURRENT),
      peerAddress: formatAddress(settings.self),
    };
  }
}
