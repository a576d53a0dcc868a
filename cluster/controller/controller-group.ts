import { type PortError, Replica, type ReplicaConfig, replicaDefaults } from '../../raft/index.ts';
import { formatAddress } from '../../src/remoting/address.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import { Dispatcher } from '../../src/remoting/dispatcher.ts';
import { mayBootstrap } from '../dledger/bootstrap.ts';
import { GroupRecords } from '../dledger/group-records.ts';
import { type FrameHandlers, PeerPort } from '../dledger/peer-port.ts';
import { RoleHistory } from '../dledger/role-history.ts';
import { snapshotIdentity } from '../dledger/snapshot-content.ts';
import { Agreement } from './agreement.ts';
import { CommandLog } from './command-log.ts';
import type { ControllerMetadata } from './controller-parts.ts';
import { ControllerStateMachine } from './controller-state-machine.ts';
import { LiveBrokers } from './live-brokers.ts';
import { MasterWatch } from './master-watch.ts';
import type { OpenController } from './open-controller.ts';
import { registerProcessors } from './register-processors.ts';
import { RoleNotifier } from './role-notifier.ts';

/** What makes a controller part of its group, and brokers known to it. */
export interface ControllerGroup {
  readonly replica: Replica;
  readonly peerPort: PeerPort;
  readonly commands: CommandLog;
  readonly records: GroupRecords;
  readonly live: LiveBrokers;
  readonly masters: MasterWatch;
  readonly roles: RoleHistory;
  /** Connections to brokers, for notices. */
  readonly client: RemotingClient;
  /** Who takes the frames of members that are no messages of the replica. */
  readonly frames: FrameHandlers;
}

/** Joins the replica to the log, the peers and the brokers. Nothing happens before `replica.start()`. */
export function joinControllerGroup(opened: OpenController, onFatal: (error: PortError) => void): ControllerGroup {
  const { platform, config, storage, storeHost } = opened;
  const { timers, clock, random, logger } = platform;
  const { hardState, log, snapshot } = storage;
  const records = new GroupRecords(opened, snapshot && snapshotIdentity(snapshot), ({ groupId }) => {
    if (hardState.record.groupId === groupId) return;
    hardState.saveGroupId(groupId, (error) => error !== undefined && onFatal(error));
  });
  const commands = new CommandLog({
    log,
    records,
    clock,
    host: storeHost,
    snapshot,
    appliedIndex: storage.appliedIndex,
  });
  const client = new RemotingClient({ platform });
  const live = new LiveBrokers(clock.monotonicMs());
  const agreement = new Agreement(commands, () => replica);
  const notifier = new RoleNotifier(client, logger);
  const leads = (): boolean => replica.isLeader && replica.refusal() === undefined;
  const state = () => commands.state;
  const masters = new MasterWatch({ live, agreement, notifier, config, clock, timers, logger, state, leads });
  const roles = new RoleHistory(clock);
  const dispatcher = new Dispatcher(platform);
  const metadata = () => metadataOf(opened, replica);
  registerProcessors(dispatcher, { platform, config, live, agreement, masters, state, metadata });
  const frames: FrameHandlers = new Map();
  const bootstrapWithMajority = mayBootstrap(config.values.bootstrapWithMajority, storage, platform);
  const peerPort = createPeerPort(opened, records, dispatcher, {
    bootstrapWithMajority,
    frames,
    live,
    masters,
    status: () => replica.status(),
    onFatal,
  });
  const isEmpty = (): boolean => log.lastIndex === 0;
  const onServing = (): void => masters.scan();
  const { term, vote, inDoubt } = hardState.record;
  const replica: Replica = new Replica(
    { ...replicaConfig(opened), bootstrapWithMajority },
    { hardState: { term, vote, fresh: storage.fresh }, inDoubt, appliedIndex: storage.appliedIndex },
    {
      log,
      hardState,
      transport: peerPort.transport,
      stateMachine: new ControllerStateMachine({ commands, roles, logger, isEmpty, onServing, onFatal }),
      scheduler: {
        endOfTurn: (callback) => timers.endOfTurn(callback),
        random: () => random.uniform(),
        monotonicMs: () => clock.monotonicMs(),
      },
    },
  );
  commands.setReplica(replica);
  peerPort.transport.setEvents(replica);
  return { replica, peerPort, commands, records, live, masters, roles, client, frames };
}

interface PortParts extends Pick<ControllerGroup, 'live' | 'masters' | 'frames'> {
  readonly bootstrapWithMajority: boolean;
  readonly status: Replica['status'];
  readonly onFatal: (error: PortError) => void;
}

/** The one port: replication, and the requests of brokers and tools. */
function createPeerPort(
  { platform, config, settings, storage }: OpenController,
  records: GroupRecords,
  dispatcher: Dispatcher,
  { bootstrapWithMajority, live, masters, frames, status, onFatal }: PortParts,
): PeerPort {
  const { bindAddress, serverChannelMaxIdleTimeSeconds } = config.values;
  return new PeerPort({
    platform,
    storage,
    settings,
    records,
    frames,
    status,
    onFatal,
    peersKey: 'controllerDLegerPeers',
    bindAddress,
    idleMs: serverChannelMaxIdleTimeSeconds * 1_000,
    bootstrapWithMajority,
    advertisedAddress: formatAddress(settings.self),
    dispatcher,
    events: { closed: (connection) => masters.gone(live.connectionClosed(connection)) },
  });
}

function metadataOf({ settings }: OpenController, replica: Replica): ControllerMetadata {
  const peers = settings.peers.map((peer) => ({ id: peer.id, address: formatAddress(peer) }));
  const leaderId = replica.leader;
  const leaderAddress = peers.find(({ id }) => id === leaderId)?.address;
  return { group: settings.groupName, leaderId, leaderAddress, isLeader: replica.isLeader, peers };
}

/** Nobody has to be heard before the election of a controller that is alone: it serves at once. */
const ALONE = { heartbeatMs: 10, electionTimeoutMs: 20 } as const;

function replicaConfig({ config, settings }: OpenController): Omit<ReplicaConfig, 'bootstrapWithMajority'> {
  const { heartbeatIntervalMs: heartbeatMs, electionTimeoutMs } = config.values;
  const isAlone = settings.peers.length === 1;
  return {
    ...replicaDefaults,
    id: settings.self.id,
    voters: settings.peers.map(({ id }) => id),
    ...(isAlone ? ALONE : { heartbeatMs, electionTimeoutMs }),
    syncFlush: true,
  };
}
