import { snapshotFrames } from '../raft-storage/snapshot-frames.ts';
import type { MemberData } from './member-data.ts';
import type { MemberGroup } from './member-group.ts';
import type { Member } from './open-member.ts';
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
  { platform, storage }: Member,
  { records }: MemberData,
  { replica, peerPort, frames }: MemberGroup,
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
