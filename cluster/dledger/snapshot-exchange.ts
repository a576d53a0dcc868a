import type { Replica } from '../../raft/index.ts';
import type { Platform } from '../../src/platform/ports.ts';
import type { RaftStorage } from '../raft-storage/open-raft-storage.ts';
import { snapshotFrames } from '../raft-storage/snapshot-frames.ts';
import type { GroupRecords } from './group-records.ts';
import type { FrameHandlers, PeerPort } from './peer-port.ts';
import { SnapshotReceiver } from './snapshot-receiver.ts';
import { SnapshotSender } from './snapshot-sender.ts';
import type { Snapshotter } from './snapshotter.ts';

/** Both sides of the transfer of snapshots, over the connections of the members. */
export interface SnapshotExchange {
  readonly sender: SnapshotSender;
  readonly receiver: SnapshotReceiver;
}

/** `onReceived` gets what makes this member's log begin anew. */
export function exchangeSnapshots(
  { platform, storage }: { readonly platform: Platform; readonly storage: RaftStorage },
  { records }: { readonly records: GroupRecords },
  {
    replica,
    peerPort,
    frames,
  }: { readonly replica: Replica; readonly peerPort: PeerPort; readonly frames: FrameHandlers },
  snapshotter: Snapshotter,
  onReceived: (bytes: Buffer, index: number) => void,
): SnapshotExchange {
  const { clock, timers, disk, logger } = platform;
  const { log, hardState } = storage;
  const { transport } = peerPort;
  const sender = new SnapshotSender({
    log,
    disk,
    clock,
    timers,
    logger,
    replica,
    transport,
    newest: () => snapshotter.newest,
    makeDue: () => snapshotter.makeDue(),
  });
  const receiver = new SnapshotReceiver({
    log,
    logger,
    replica,
    transport,
    groupId: () => records.identity?.groupId ?? hardState.record.groupId,
    onReceived,
  });
  frames.set(snapshotFrames.offer, (from, frame) => receiver.offered(from, frame));
  frames.set(snapshotFrames.chunk, (from, frame) => receiver.arrived(from, frame));
  frames.set(snapshotFrames.reply, (from, frame) => sender.replied(from, frame));
  return { sender, receiver };
}
