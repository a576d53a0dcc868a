import { crc32 } from 'node:zlib';
import type { Replica } from '../../raft/index.ts';
import type { Logger } from '../../src/platform/ports.ts';
import type { DurableLog } from '../raft-storage/durable-log.ts';
import { decodeReceived, type ReceivedSnapshot } from '../raft-storage/received-snapshot.ts';
import { decodeChunk, decodeOffer, encodeReply, type SnapshotOffer } from '../raft-storage/snapshot-frames.ts';
import type { PeerTransport } from '../raft-storage/transport.ts';

/** A snapshot is put together in memory. */
const MOST_BYTES = 1 << 30;

export interface SnapshotReceiverOptions {
  readonly log: DurableLog;
  readonly logger: Logger;
  readonly replica: Replica;
  readonly transport: PeerTransport;
  /** Of this member; '' while it is not known. */
  readonly groupId: () => string;
  /** All of it is here and intact, and this member needs it. */
  readonly onReceived: (bytes: Buffer, index: number) => void;
}

/** What is here of one transfer. */
interface Partial {
  readonly offer: SnapshotOffer;
  readonly bytes: Buffer;
  filled: number;
}

/** The side of a member that lacks entries which its leader no longer has: puts the pieces of a snapshot together, and goes on after any interruption. */
export class SnapshotReceiver {
  readonly #options: SnapshotReceiverOptions;
  #partial: Partial | undefined;

  constructor(options: SnapshotReceiverOptions) {
    this.#options = options;
  }

  /** Bytes that are here of the transfer that is under way, and of all of it; undefined: none is. */
  get progress(): { readonly received: number; readonly total: number } | undefined {
    const partial = this.#partial;
    return partial && { received: partial.filled, total: partial.bytes.length };
  }

  /** Text: the frame makes no sense. */
  offered(from: string, frame: Buffer): string | undefined {
    const offer = decodeOffer(frame);
    if (typeof offer === 'string') return offer;
    if (!this.#isLeader(from, offer.term) || !this.#needs(offer)) return undefined;
    if (offer.totalBytes > MOST_BYTES) return `the offer of a snapshot of ${offer.totalBytes} bytes`;
    if (this.#partial?.offer.crc !== offer.crc || this.#partial.bytes.length !== offer.totalBytes) {
      this.#options.logger.info('Takes a snapshot from the leader, whose log no longer reaches back', {
        leader: from,
        index: offer.index,
        firstIndex: offer.baseIndex,
        bytes: offer.totalBytes,
      });
      this.#partial = { offer, bytes: Buffer.alloc(offer.totalBytes), filled: 0 };
    }
    this.#reply(from, this.#partial);
    return undefined;
  }

  arrived(from: string, frame: Buffer): string | undefined {
    const chunk = decodeChunk(frame);
    if (typeof chunk === 'string') return chunk;
    const partial = this.#partial;
    if (partial === undefined || partial.offer.crc !== chunk.crc || !this.#isLeader(from, chunk.term)) return undefined;
    if (chunk.offset === partial.filled && chunk.offset + chunk.bytes.length <= partial.bytes.length) {
      chunk.bytes.copy(partial.bytes, chunk.offset);
      partial.filled += chunk.bytes.length;
    }
    this.#reply(from, partial);
    if (partial.filled === partial.bytes.length) this.#complete(partial);
    return undefined;
  }

  #reply(to: string, { offer, filled }: Partial): void {
    const { term } = this.#options.replica;
    const reply = { term, crc: offer.crc, offset: filled };
    this.#options.transport.sendFrame(to, (incarnation) => encodeReply(reply, incarnation));
  }

  #isLeader(from: string, term: number): boolean {
    const replica = this.#options.replica;
    return replica.leader === from && replica.term === term;
  }

  /**
   * Does the own log lack the base entry? What it acknowledged then lies before that entry, which is committed, or contradicts it; a log that has the
   * entry goes on with it, and loses nothing. One that has the entry, and cannot read what comes before, keeps all from that entry on.
   */
  #needs({ baseIndex, baseTerm }: SnapshotOffer): boolean {
    const { log, replica } = this.#options;
    if (log.lastIndex < baseIndex) return true;
    const gap = log.gaps.at(baseIndex);
    const isCommitted = gap !== undefined && log.gaps.isCommitted(gap);
    if (gap?.termsKnown === false && !isCommitted) return false;
    const isSame = isCommitted || log.termAt(baseIndex) === baseTerm;
    return isSame ? log.gaps.lacksBelow(baseIndex) : baseIndex > replica.commitIndex;
  }

  #complete({ offer, bytes }: Partial): void {
    this.#partial = undefined;
    const { logger, log, groupId, onReceived } = this.#options;
    const received =
      crc32(bytes) === offer.crc ? decodeReceived(bytes, log.segments.segmentBytes) : 'its checksum is wrong';
    const fault = typeof received === 'string' ? received : mismatch(received, offer, groupId());
    if (typeof received === 'string' || fault !== undefined) {
      logger.error('The snapshot that the leader sent cannot be used', { index: offer.index, reason: fault });
    } else if (this.#needs(offer)) {
      this.#repairBase(received, () => onReceived(bytes, offer.index));
    }
  }

  /** Where the base entry itself is damaged here, it has to be there before the log can begin with it. */
  #repairBase({ base }: ReceivedSnapshot, next: () => void): void {
    const { log, logger } = this.#options;
    if (log.gaps.at(base.index) === undefined) {
      next();
      return;
    }
    log.segments.rewriteAt(base.position, base.bytes, (error) => {
      if (error === undefined) next();
      else logger.warn('The first entry of a snapshot was not written', { reason: error.message });
    });
  }
}

function mismatch({ snapshot, base }: ReceivedSnapshot, offer: SnapshotOffer, groupId: string): string | undefined {
  const { header } = snapshot;
  if (header.index !== offer.index || base.index !== offer.baseIndex || base.term !== offer.baseTerm) {
    return `it holds entries ${base.index} and ${header.index}, offered were ${offer.baseIndex} and ${offer.index}`;
  }
  if (groupId === '' || header.groupId === groupId) return undefined;
  return `it is of group ${header.groupId}, this member of ${groupId}`;
}
