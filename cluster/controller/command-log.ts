import type { Replica } from '../../raft/index.ts';
import { assert } from '../../src/base/assert.ts';
import { type InternalRecord, readInternalRecord } from '../../src/broker/state/apply-record.ts';
import type { Clock } from '../../src/platform/ports.ts';
import { encodeRecord, recordSize } from '../../src/protocol/message/record.ts';
import type { PutMessage } from '../../src/store/put-message.ts';
import { type GroupRecords, internalRecord } from '../dledger/group-records.ts';
import { groupSections, replicationSection, sectionContent, snapshotHeader } from '../dledger/snapshot-content.ts';
import type { SnapshotSource } from '../dledger/snapshotter.ts';
import type { DurableLog } from '../raft-storage/durable-log.ts';
import { type Snapshot, sectionTypes } from '../raft-storage/snapshot-codec.ts';
import { apply } from './state/apply.ts';
import { type ControllerState, EMPTY_STATE } from './state/broker-set.ts';
import type { Command } from './state/command.ts';
import { COMMAND_RECORD, decodeCommand } from './state/command-codec.ts';
import type { Outcome } from './state/outcome.ts';
import { decodeState, encodeState } from './state/state-codec.ts';

/** Undefined: appended, and nobody can tell whether it will take effect. */
export type CommandDone = (outcome: Outcome | undefined) => void;

export interface CommandLogOptions {
  readonly log: DurableLog;
  readonly records: GroupRecords;
  readonly clock: Clock;
  /** Address bytes and port that records carry. */
  readonly host: Uint8Array;
  /** To start from. */
  readonly snapshot: Snapshot | undefined;
  /** Up to here the log is committed and known to the replica as applied; behind a leader's snapshot the state is ahead of it. */
  readonly appliedIndex: number;
}

/** The controllers' log and the state that its committed commands lead to: one entry is one internal record. */
export class CommandLog implements SnapshotSource {
  readonly #options: CommandLogOptions;
  readonly #waiting = new Map<number, CommandDone>();
  #replica: Replica | undefined;
  #state: ControllerState;
  /** The last entry that the state reflects. */
  #stateIndex: number;
  #appliedIndex: number;
  #storeTimestamp: number;

  constructor(options: CommandLogOptions) {
    const { snapshot } = options;
    this.#options = options;
    this.#stateIndex = snapshot?.header.index ?? 0;
    this.#appliedIndex = options.appliedIndex;
    this.#storeTimestamp = snapshot?.header.storeTimestamp ?? 0;
    this.#state =
      snapshot === undefined ? EMPTY_STATE : decodeState(sectionContent(snapshot, sectionTypes.controllerState));
  }

  /** The replica that decides over this log; set once, before it starts. */
  setReplica(replica: Replica): void {
    this.#replica = replica;
  }

  /** After all commands that are known to be committed. */
  get state(): ControllerState {
    return this.#state;
  }

  /** The last entry that the state reflects; while the log of a controller that was left behind catches up, it is ahead of that. */
  get appliedIndex(): number {
    return this.#stateIndex;
  }

  /** Appends a command, in a turn in which the replica refuses nothing; `done` comes when it is applied, or leadership is lost. */
  propose(command: Command, done: CommandDone): void {
    const replica = this.#replica;
    assert(replica !== undefined, 'a log that is written to has a replica');
    const { clock, host } = this.#options;
    const { type, version } = COMMAND_RECORD;
    this.#append(internalRecord(type, version, command, clock.nowMs(), host), replica.term);
    this.#waiting.set(this.#options.log.lastIndex, done);
    replica.appended();
  }

  /** The entry that opens a term (StateMachine.appendNoop). */
  appendNoop(term: number): void {
    this.#append(this.#options.records.openingRecord(), term);
  }

  #append(record: PutMessage, term: number): void {
    const { log, clock, host } = this.#options;
    this.#storeTimestamp = Math.max(this.#storeTimestamp, clock.nowMs());
    const fields = {
      ...record,
      topic: Buffer.from(record.topic),
      properties: Buffer.from(record.properties as string),
      queueOffset: log.lastIndex,
      storeTimestamp: this.#storeTimestamp,
      storeHost: host,
    };
    const { buffer, offset, position } = log.reserve(recordSize(fields));
    encodeRecord(buffer, offset, { ...fields, position });
    log.seal(term);
  }

  /** Entries up to `index` are committed: applies them, and tells those who wait for them. Throws a sentence for what this version cannot apply. */
  committed(index: number): number {
    const { log, records } = this.#options;
    const answers: (() => void)[] = [];
    const fault = log.forEachEntry(this.#appliedIndex + 1, index, (buffer, offset, length, at, _term, position) => {
      if (at > this.#stateIndex) {
        const record = readInternalRecord(buffer.subarray(offset, offset + length), position);
        if (!records.apply(record, position)) this.#apply(at, record, answers);
        this.#stateIndex = at;
      }
      this.#appliedIndex = at;
    });
    if (fault !== undefined) throw new Error(fault.message);
    for (const answer of answers) answer();
    return this.#appliedIndex;
  }

  #apply(index: number, record: InternalRecord, answers: (() => void)[]): void {
    if (record.type !== COMMAND_RECORD.type) {
      throw new Error(`the log holds ${record.type} records, which are not a controller's`);
    }
    const outcome = apply(this.#state, decodeCommand(record.version, record.body));
    this.#state = outcome.state;
    const done = this.#waiting.get(index);
    this.#waiting.delete(index);
    if (done !== undefined) answers.push(() => done(outcome));
  }

  /** This controller leads no longer: what waits has an unknown outcome. */
  lost(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const done of waiting) done(undefined);
  }

  capture(index: number): Snapshot {
    const { log, records } = this.#options;
    const { identity } = records;
    const state = replicationSection(sectionTypes.controllerState, encodeState(this.#state));
    return {
      header: snapshotHeader(log, index, identity, this.#storeTimestamp),
      sections: [...groupSections(identity, index), state],
    };
  }

  /** Nothing is derived from this log but the state itself. */
  flushTo(_position: number, done: (error: undefined) => void): void {
    done(undefined);
  }
}
