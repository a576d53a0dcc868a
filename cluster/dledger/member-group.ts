import { type PortError, Replica, type ReplicaConfig, type ReplicaStatus, replicaDefaults } from '../../raft/index.ts';
import { formatAddress } from '../../src/remoting/address.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import { Dispatcher } from '../../src/remoting/dispatcher.ts';
import { mayBootstrap } from './bootstrap.ts';
import { DledgerMastership } from './dledger-mastership.ts';
import { DledgerStateMachine } from './dledger-state-machine.ts';
import { Forwarder } from './forwarder.ts';
import type { MemberData } from './member-data.ts';
import type { MemberTuning } from './member-tuning.ts';
import type { Member } from './open-member.ts';
import { type FrameHandlers, PeerPort } from './peer-port.ts';
import { RoleHistory } from './role-history.ts';

/** What makes a member part of its group. */
export interface MemberGroup {
  readonly replica: Replica;
  readonly peerPort: PeerPort;
  readonly mastership: DledgerMastership;
  readonly forwarder: Forwarder;
  readonly roles: RoleHistory;
  /** Connections to leaders, for forwarding. */
  readonly client: RemotingClient;
  /** Who takes the frames of members that are no messages of the replica. */
  readonly frames: FrameHandlers;
}

/** Joins the replica to the log, the peers and the broker's data. Nothing happens before `replica.start()`. */
export function joinGroup(
  member: Member,
  data: MemberData,
  onFatal: (error: PortError) => void,
  tuning: MemberTuning = {},
): MemberGroup {
  const { platform, storage, settings } = member;
  const { timers, clock, random, logger } = platform;
  const { hardState, log } = storage;
  const { term, vote, inDoubt } = hardState.record;
  const frames: FrameHandlers = new Map();
  const bootstrapWithMajority = mayBootstrap(member.config.bootstrapWithMajority, storage, platform);
  const peerPort = createPeerPort(member, data, bootstrapWithMajority, frames, () => replica.status(), onFatal);
  const client = new RemotingClient({ platform });
  const forwarder = new Forwarder({ clock, timers, client, leader: () => peerPort.leader() });
  const roles = new RoleHistory(clock);
  const mastership = new DledgerMastership(settings.self.id, () => replica, forwarder);
  const replica: Replica = new Replica(
    { ...replicaConfig(member), bootstrapWithMajority, ...tuning.appends },
    {
      hardState: { term, vote, fresh: storage.fresh },
      inDoubt,
      appliedIndex: data.log.appliedIndex,
      members: data.members.atStart,
    },
    {
      log,
      hardState,
      transport: peerPort.transport,
      stateMachine: new DledgerStateMachine({ ...data, mastership, roles, logger, onFatal }),
      scheduler: {
        endOfTurn: (callback) => timers.endOfTurn(callback),
        random: () => random.uniform(),
        monotonicMs: () => clock.monotonicMs(),
      },
    },
  );
  data.log.setReplica(replica);
  peerPort.transport.setEvents(replica);
  return { replica, peerPort, mastership, forwarder, roles, client, frames };
}

function createPeerPort(
  { platform, config, settings, storage }: Member,
  { records, members }: MemberData,
  bootstrapWithMajority: boolean,
  frames: FrameHandlers,
  status: () => ReplicaStatus,
  onFatal: (error: PortError) => void,
): PeerPort {
  return new PeerPort({
    platform,
    storage,
    settings,
    records,
    members,
    frames,
    status,
    onFatal,
    peersKey: 'dLegerPeers',
    bindAddress: config.bindAddress,
    idleMs: config.serverChannelMaxIdleTimeSeconds * 1_000,
    bootstrapWithMajority,
    advertisedAddress: formatAddress({ host: config.brokerIP1, port: config.listenPort }),
    dispatcher: new Dispatcher(platform),
  });
}

function replicaConfig({ config, settings }: Member): Omit<ReplicaConfig, 'bootstrapWithMajority'> {
  return {
    ...replicaDefaults,
    id: settings.self.id,
    voters: settings.peers.map(({ id }) => id),
    heartbeatMs: config.heartbeatIntervalMs,
    electionTimeoutMs: config.electionTimeoutMs,
    syncFlush: config.flushDiskType === 'SYNC_FLUSH',
  };
}
