import { crc32 } from 'node:zlib';
import type { EntryBatch, Replica } from '../../raft/index.ts';
import type { Clock, Disk, Logger, Timer, Timers } from '../../src/platform/ports.ts';
import type { DurableLog } from '../raft-storage/durable-log.ts';
import { entryBytesOf } from '../raft-storage/entry-batch.ts';
import { indexAt } from '../raft-storage/entry-reader.ts';
import { decodeReply, encodeChunk, encodeOffer, type SnapshotOffer } from '../raft-storage/snapshot-frames.ts';
import type { PeerTransport } from '../raft-storage/transport.ts';

const CHECK_MS = 100;
/** Without an answer the offer is made again. */
const SILENCE_MS = 1_000;
/** A member that was sent a snapshot comes back within this time, or may find that the log has moved on. */
const RETURN_MS = 60_000;
/** A member that cannot repair its log without one asks for its lost entries again within this time. */
const WANTED_MS = 10_000;
/** So much is under way at once: heartbeats on the same connection wait for no more. */
const CHUNK_BYTES = 256 << 10;

export interface SnapshotSenderOptions {
  readonly log: DurableLog;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly replica: Replica;
  readonly transport: PeerTransport;
  /** Path and entry of the newest durable snapshot; undefined: there is none. */
  readonly newest: () => { readonly path: string; readonly index: number; readonly position: number } | undefined;
  /** A member needs a snapshot, and there is none. */
  readonly makeDue: () => void;
}

/** What is sent to one member. */
interface Transfer {
  readonly offer: SnapshotOffer;
  readonly bytes: Buffer;
  answeredMs: number;
  /** Everything was sent; it is expected back with a log that begins anew. */
  done: boolean;
}

/**
 * The side of a leader whose log no longer reaches back to what a member lacks (progress `behind`), or cannot read any more (it asks for its repair): sends its
 * newest snapshot, and where the log is to begin.
 */
export class SnapshotSender {
  readonly #options: SnapshotSenderOptions;
  readonly #transfers = new Map<string, Transfer>();
  /** Members that were sent one in this term, and to which entry their log began. */
  readonly #sent = new Map<string, number>();
  readonly #loading = new Set<string>();
  /** Members that asked for entries from before this log, and when they did last. */
  readonly #wantedMs = new Map<string, number>();
  #term = 0;
  #timer: Timer | undefined;

  constructor(options: SnapshotSenderOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = this.#options.timers.every(CHECK_MS, () => this.#look());
  }

  stop(): void {
    if (this.#timer !== undefined) this.#options.timers.cancel(this.#timer);
    this.#transfers.clear();
  }

  /** Bytes that a member has, and of how many; undefined: nothing is sent to it. */
  progress(peer: string): { readonly answeredMs: number; readonly total: number } | undefined {
    const transfer = this.#transfers.get(peer);
    return transfer && { answeredMs: transfer.answeredMs, total: transfer.bytes.length };
  }

  /** A member cannot read entries from before this log. Others may hold them: it takes a snapshot only if none does. */
  wanted(peer: string): void {
    if (this.#options.replica.isLeader) this.#wantedMs.set(peer, this.#options.clock.monotonicMs());
  }

  /** Position from which on members that catch up still need the log: else one that is slower than retention would begin anew again and again. */
  keepFrom(): number {
    const { log, replica } = this.#options;
    if (!replica.isLeader) return Number.MAX_SAFE_INTEGER;
    const { minPosition } = log.segments;
    if (this.#transfers.size > 0 || this.#loading.size > 0) return minPosition;
    let needed = log.lastIndex;
    for (const { connected, match, state } of replica.status().peers) {
      if (connected && state !== 'behind') needed = Math.min(needed, match);
    }
    return needed < log.firstIndex ? minPosition : log.endOf(needed);
  }

  #look(): void {
    const { clock, replica } = this.#options;
    const { role, term, peers } = replica.status();
    if (role !== 'leader' || term !== this.#term) {
      this.#term = term;
      this.#transfers.clear();
      this.#sent.clear();
      this.#wantedMs.clear();
    }
    if (role !== 'leader') return;
    const nowMs = clock.monotonicMs();
    for (const { id, state, connected } of peers) {
      const transfer = this.#transfers.get(id);
      const wantedMs = this.#wantedMs.get(id) ?? Number.NEGATIVE_INFINITY;
      if ((state === 'behind' || nowMs - wantedMs < WANTED_MS) && connected) {
        if (transfer === undefined) this.#begin(id);
        else if (nowMs - transfer.answeredMs <= SILENCE_MS) continue;
        // Who has all of it, and lacks entries again: the log moved on before the member came back.
        else if (transfer.done) this.#begin(id);
        else this.#offer(id, transfer);
      } else if (transfer !== undefined && (state === 'replicate' || nowMs - transfer.answeredMs > RETURN_MS)) {
        this.#transfers.delete(id);
      }
    }
  }

  /** The log of the receiver begins with the first file here; if that was gone once before it came back, with the file that no retention touches. */
  #begin(peer: string): void {
    const { log, newest, makeDue, disk, logger } = this.#options;
    if (this.#loading.has(peer)) return;
    const snapshot = newest();
    if (snapshot === undefined) {
      makeDue();
      return;
    }
    const { segments } = log;
    const { minPosition } = segments;
    const again = this.#sent.has(peer) && !this.#wantedMs.has(peer) && snapshot.position > minPosition;
    const position = again ? segments.files.startOf(snapshot.position) : minPosition;
    const baseIndex = indexAt(segments, position);
    if (baseIndex === undefined || !log.holds(baseIndex)) return;
    this.#loading.add(peer);
    log.load(baseIndex, 1, (result) => {
      this.#loading.delete(peer);
      const bytes = disk.readFile(snapshot.path);
      if ('code' in result || bytes === undefined) {
        const reason = 'code' in result ? result.message : `${snapshot.path} is gone`;
        logger.warn('A snapshot cannot be sent; trying again', { peer, reason });
      } else if (this.#options.replica.isLeader) {
        this.#transfers.set(peer, this.#transferOf(snapshot.index, bytes, result));
        this.#sent.set(peer, baseIndex);
        this.#offer(peer, this.#transfers.get(peer)!);
      }
    });
  }

  #transferOf(index: number, snapshot: Buffer, base: EntryBatch): Transfer {
    const bytes = Buffer.concat([snapshot, ...entryBytesOf(base)]);
    const offer = {
      term: this.#options.replica.term,
      index,
      totalBytes: bytes.length,
      crc: crc32(bytes),
      baseIndex: base.first,
      baseTerm: base.runs[0]!.term,
    };
    return { offer, bytes, answeredMs: 0, done: false };
  }

  #offer(peer: string, transfer: Transfer): void {
    const { clock, logger, transport } = this.#options;
    if (transfer.answeredMs === 0) {
      const { index, baseIndex, totalBytes } = transfer.offer;
      logger.info('Sends a snapshot to a member whose log ends before this one begins', {
        peer,
        index,
        firstIndex: baseIndex,
        bytes: totalBytes,
      });
    }
    transfer.answeredMs = clock.monotonicMs();
    transport.sendFrame(peer, (incarnation) => encodeOffer(transfer.offer, incarnation));
  }

  /** Text: the frame makes no sense. */
  replied(from: string, frame: Buffer): string | undefined {
    const reply = decodeReply(frame);
    if (typeof reply === 'string') return reply;
    const transfer = this.#transfers.get(from);
    if (transfer === undefined || reply.crc !== transfer.offer.crc || reply.term !== transfer.offer.term)
      return undefined;
    const { clock, transport } = this.#options;
    transfer.answeredMs = clock.monotonicMs();
    const { offset, term, crc } = reply;
    if (offset >= transfer.bytes.length) {
      transfer.done = true;
      this.#wantedMs.delete(from);
      return undefined;
    }
    const bytes = transfer.bytes.subarray(offset, offset + CHUNK_BYTES);
    transport.sendFrame(from, (incarnation) => encodeChunk({ term, crc, offset, bytes }, incarnation));
    return undefined;
  }
}
