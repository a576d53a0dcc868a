import type { DurableLog } from '../../cluster/raft-storage/durable-log.ts';
import { walkEntries } from '../../cluster/raft-storage/entry-reader.ts';
import type { Cluster } from '../sim/cluster.ts';
import { SECTOR_BYTES, type SimFile } from '../sim/sim-file.ts';
import type { SimNode } from '../sim/sim-node.ts';
import type { FaultKind } from './fault-kind.ts';
import type { Fault, Target } from './schedule.ts';
import { targetsOf } from './targets.ts';

const ONE: readonly Target[] = ['leader', 'leader', 'follower', 'other-follower'];
/** `amount` is a place, in so many parts of what may be hit. */
const PARTS = 10_000;

/**
 * The disk of a member changes while its process is down; the member comes back, and a while later the leader is asked to hand over to it. Only a minority is hit, and only
 * what the others have: below the end of what this member has applied and written (raft/SAFETY.md 3).
 */
const rot: FaultKind<Cluster> = {
  name: 'rot',
  weight: 5,
  draw: (chance) => ({
    target: chance.pick(ONE),
    forMs: chance.between(10, 4_000),
    amount: chance.below(PARTS),
    mode: chance.pick(['flip', 'flip', 'flips', 'zero', 'zero', 'cut', 'snapshot', 'hard-state']),
  }),
  apply(cluster, fault) {
    const [node] = targetsOf(cluster, fault.target).filter((one) => cluster.mayHurt(one) && cluster.founded);
    const log = node?.broker?.parts.member.storage.log;
    if (node === undefined || log === undefined || log.damage !== undefined) return false;
    // What is planned to fail is meant for the member, not for the look at its log.
    if (node.host.image.hasPlannedErrors) return false;
    const { minPosition } = log.segments;
    // Of the first entry that is kept nobody else can tell the number, and below a snapshot that is lost nothing is left to fall back on.
    const begin = minPosition > 0 ? log.endOf(log.firstIndex - 1) : 0;
    if (minPosition > 0 && (fault.mode === 'snapshot' || fault.mode === 'cut')) return false;
    const end = endOfKnown(node, log);
    if (end <= begin) return false;
    const starts = log.segments.files.segments.map(({ start }) => start);
    const spot = begin + Math.floor(((end - begin) * (fault.amount ?? 0)) / PARTS);
    const flips = [1, 2, 3].map((turn) => toldAt(log, begin + Math.floor(((spot - begin) * turn) / 3)));
    cluster.hurt(node);
    node.rottenSince = node.starts;
    node.kill();
    const hit = spoil(node, fault, { begin, end, spot, flips, starts, segmentBytes: log.segments.segmentBytes });
    cluster.later(fault.forMs, () => cluster.startNode(node));
    cluster.later(fault.forMs + 3_000, () => handOver(cluster, node));
    return hit;
  },
};

export const rotFaults = [rot];

/** Start of the last entry that is applied and in the files: intact entries stand at it and behind. */
function endOfKnown(node: SimNode, log: DurableLog): number {
  const { appliedIndex, writtenIndex } = node.broker!.status();
  const index = Math.min(appliedIndex, writtenIndex);
  return index < log.firstIndex ? 0 : log.positionOf(index);
}

/** The place itself, or the header of the blank in which it lies: what fills a blank is read by nobody, and no checksum covers it. */
function toldAt(log: DurableLog, position: number): number {
  const { segments, firstWrotePosition } = log;
  let end = segments.files.startOf(position);
  walkEntries(segments, firstWrotePosition, end, position + 1, (_buffer, _offset, size, at) => {
    end = at + size;
    return true;
  });
  const fileEnd = segments.files.startOf(position) + segments.segmentBytes;
  return end > position || end === fileEnd ? position : end;
}

interface Place {
  readonly begin: number;
  readonly end: number;
  readonly spot: number;
  /** Three places up to the spot, each told by a checksum or by what a header says. */
  readonly flips: readonly number[];
  readonly starts: readonly number[];
  readonly segmentBytes: number;
}

function spoil(
  node: SimNode,
  { mode = 'flip', amount = 0 }: Fault,
  { begin, end, spot, flips, starts, segmentBytes }: Place,
): boolean {
  const { files } = node.host.image;
  const directory = `/store/dledger-${node.name}`;
  const fileAt = (start: number): SimFile | undefined =>
    files.get(`${directory}/data/${String(start).padStart(20, '0')}`);
  const change = (from: number, to: number, by: (byte: number) => number): void => {
    for (const start of starts) fileAt(start)?.rot(Math.max(0, from - start), Math.min(segmentBytes, to - start), by);
  };
  switch (mode) {
    case 'flip':
      change(flips[2]!, flips[2]! + 1, (byte) => byte ^ 4);
      return true;
    case 'flips':
      for (const at of flips) change(at, at + 1, (byte) => byte ^ 0x81);
      return true;
    case 'zero': {
      const from = Math.max(begin, spot - (spot % SECTOR_BYTES));
      change(from, Math.min(end, from + SECTOR_BYTES * (1 + (amount % 16))), () => 0);
      return end > from;
    }
    case 'cut': {
      const start = starts.at(Math.floor(((starts.length - 1) * amount) / PARTS));
      const file = start === undefined || start === starts.at(-1) ? undefined : fileAt(start);
      file?.rotShort(Math.floor((segmentBytes * amount) / PARTS));
      return file !== undefined;
    }
    case 'snapshot': {
      const newest = [...files.keys()]
        .filter((path) => path.startsWith(`${directory}/snapshots/snapshot-`))
        .sort()
        .at(-1);
      const file = newest === undefined ? undefined : files.get(newest);
      const at = Math.floor(((file?.size ?? 0) * amount) / PARTS);
      file?.rot(at, at + 1, (byte) => byte ^ 16);
      return file !== undefined;
    }
    default:
      files.get(`${directory}/hardstate`)?.rot(0, 8_192, (byte) => byte ^ 1);
      node.hardStateLost = true;
      return true;
  }
}

/** Leadership is asked for the member, wherever it is. */
function handOver(cluster: Cluster, node: SimNode): void {
  const leader = cluster.leader();
  if (leader?.broker === undefined || leader.paused || leader === node) return;
  leader.broker.parts.group.replica.transferLeadership(node.name, () => {});
}
