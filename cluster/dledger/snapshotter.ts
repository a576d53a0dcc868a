import type { DiskError, Timer } from '../../src/platform/ports.ts';
import { type Snapshot, sectionTypes } from '../raft-storage/snapshot-codec.ts';
import type { MemberData } from './member-data.ts';
import type { Member } from './open-member.ts';
import { queueRows, replicationSection } from './snapshot-content.ts';

/** How often it is looked whether a snapshot is due. */
const CHECK_MS = 1000;
/** New log that makes a snapshot due: bounds what a start replays. */
const DUE_BYTES = 64 << 20;
/** Time after which one is due if anything changed at all: bounds how long retention waits. */
const DUE_CHECKS = 60;

/**
 * Takes this node's snapshots (raft/SAFETY.md 5): the state after an applied entry, made durable together with the consume queues that reflect it, so that a
 * start replays only what came later and retention knows what it may remove.
 */
export class Snapshotter {
  readonly #member: Member;
  readonly #data: MemberData;
  readonly #onTaken: () => void;
  readonly #onFailure: (error: DiskError) => void;
  #timer: Timer | undefined;
  #taking = false;
  #checks = 0;
  /** Of the newest durable snapshot. */
  #index: number;
  #position: number;

  /** `onTaken` is called after each snapshot became durable: retention may look again. `onFailure`: the process has to stop. */
  constructor(member: Member, data: MemberData, onTaken: () => void, onFailure: (error: DiskError) => void) {
    const { snapshot, log } = member.storage;
    this.#member = member;
    this.#data = data;
    this.#onTaken = onTaken;
    this.#onFailure = onFailure;
    this.#index = snapshot?.header.index ?? 0;
    this.#position = snapshot?.header.endPosition ?? log.endOf(0);
  }

  /** Entry that the newest durable snapshot reflects. */
  get index(): number {
    return this.#index;
  }

  /** End of that entry: what lies below may be removed by retention. */
  get position(): number {
    return this.#position;
  }

  start(): void {
    this.#timer = this.#member.platform.timers.every(CHECK_MS, () => this.#check());
  }

  stop(): void {
    if (this.#timer !== undefined) this.#member.platform.timers.cancel(this.#timer);
  }

  #check(): void {
    const { log } = this.#data;
    if (log.appliedIndex === this.#index) return;
    this.#checks++;
    const grown = log.confirmedPosition - this.#position;
    if (grown < DUE_BYTES && this.#checks < DUE_CHECKS) return;
    this.take((error) => this.#checked(error));
  }

  /** No room or a log that was cut meanwhile: the next look tries again. Anything else is a disk that cannot be trusted any more. */
  #checked(error: DiskError | undefined): void {
    if (error === undefined) return;
    this.#member.platform.logger.warn('A snapshot was not taken', { code: error.code, reason: error.message });
    if (error.code !== 'ENOSPC' && error.code !== 'ECANCELED') this.#onFailure(error);
  }

  /** Takes one now, if anything was applied since the last. An error leaves the older ones as they are. */
  take(done: (error: DiskError | undefined) => void): void {
    const { log, snapshots } = this.#member.storage;
    const index = this.#data.log.appliedIndex;
    if (this.#taking || index === this.#index || index === 0) {
      done(undefined);
      return;
    }
    if (log.segments.writtenPosition < log.endOf(index)) {
      // Committed by the others before it is in the own files; the next check comes.
      done(undefined);
      return;
    }
    this.#taking = true;
    this.#checks = 0;
    const snapshot = this.#capture(index);
    const finish = (error: DiskError | undefined): void => {
      this.#taking = false;
      if (error === undefined) this.#taken(snapshot);
      done(error);
    };
    this.#data.store.flushTo(snapshot.header.endPosition, (error) => {
      if (error !== undefined) finish(error);
      else snapshots.write(log.segments, snapshot, finish);
    });
  }

  #taken({ header }: Snapshot): void {
    this.#index = header.index;
    this.#position = header.endPosition;
    this.#member.platform.logger.debug('Took a snapshot', { index: header.index, position: header.endPosition });
    this.#onTaken();
  }

  #capture(index: number): Snapshot {
    const { log } = this.#member.storage;
    const { store, state, records } = this.#data;
    const group = records.identity;
    const header = {
      index,
      term: log.termAt(index),
      position: log.positionOf(index),
      endPosition: log.endOf(index),
      chainCrc: log.chainCrc(index),
      chainStart: group?.chainStart ?? 0,
      groupId: group?.groupId ?? '',
      dataFileSize: log.segments.segmentBytes,
      firstPosition: group?.firstPosition ?? 0,
      storeTimestamp: store.lastTimestamp,
    };
    const own = [
      replicationSection(sectionTypes.members, { voters: group?.members ?? [], learners: [], index }),
      replicationSection(sectionTypes.identity, group ?? {}),
      replicationSection(sectionTypes.queueNextOffsets, { queues: queueRows(store.queueOffsets()) }),
    ];
    return { header, sections: [...own, ...state.export().map((one) => ({ ...one, mandatory: true }))] };
  }
}
