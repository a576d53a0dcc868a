import { ClientError } from '../../src/client/errors.ts';
import type { Platform } from '../../src/platform/ports.ts';
import type { History } from '../checker/history.ts';
import type { AcknowledgedSend, SeenMessage } from '../invariant/invariant.ts';
import type { Chance } from '../sim/chance.ts';
import type { Consumption } from './consumption.ts';

/** Holds against the promises, at once, what a client is told. */
export interface ClientJudge {
  /** What is known to be committed. */
  readonly ledger: {
    /** The value at a place; undefined if nothing is known of it. */
    at(topic: string, queueId: number, queueOffset: number): string | undefined;
    /** So many messages of a queue, from the first on, are committed. */
    lengthOf(topic: string, queueId: number): number;
  };
  /** These messages are about to be sent as one batch. Who does not see entries needs not hear of it. */
  batchSent?(values: readonly string[]): void;
  acknowledged(send: AcknowledgedSend): void;
  seen(message: SeenMessage): void;
  /** A promise that `invariant` names is broken. */
  broken(invariant: string, text: string): void;
}

/** Remembers what was answered with success about topics, subscription groups and consumer offsets, so that it can be looked for later. */
export interface MetadataRecord {
  topicInDoubt(topic: string): void;
  topicIs(topic: string, there: boolean): void;
  groupInDoubt(group: string): void;
  groupIs(group: string, there: boolean): void;
  offsetStored(group: string, topic: string, queueId: number, offset: number): void;
  offsetInDoubt(group: string, topic: string, queueId: number): void;
}

/** What every client of a run shares. */
export interface Workload {
  readonly history: History;
  readonly judge: ClientJudge;
  /** Where clients ask for routes. */
  readonly nameServer: string;
  /** Topics whose messages are in the history. */
  readonly topics: readonly string[];
  /** Clients end what they are at, and begin nothing new; but for consumers, */
  readonly stopped: boolean;
  /** who end only when they had time to consume all that is stored. */
  readonly consumersStopped: boolean;
  /** How far the consumers came. */
  readonly consumption: Consumption;
  /** Nanoseconds of the clock that all clients share. */
  nowNs(): number;
  /** A number for a client that does one thing after the other. */
  newProcess(): number;
  /** A unique value for a message. */
  newValue(): string;
  /** Counts a client operation that ended: `ok`, `fail` or `info`. */
  ended(outcome: 'ok' | 'fail' | 'info'): void;
}

/** One client on its machine. */
export interface Client {
  readonly process: Platform;
  readonly chance: Chance;
}

/** What a call of the client failed with: only that is an outcome. Anything else that was thrown is a bug, and goes on to end the run. */
export function callFailure(thrown: unknown): ClientError {
  if (thrown instanceof ClientError) return thrown;
  throw thrown;
}

/** Waits on the client's own clock. */
export function sleep({ process }: Client, ms: number): Promise<void> {
  return new Promise((resolve) => {
    process.timers.after(ms, resolve);
  });
}

/**
 * Begins one thing after another, `pauseMs` apart at most, without waiting for their ends: a cluster that does not answer is asked as often as one that does, and somebody always waits for
 * whoever is paused or cut off. Resolves when the clients are to stop and all has ended.
 */
export async function keepAsking(
  workload: Pick<Workload, 'stopped'>,
  client: Client,
  pauseMs: number,
  ask: () => Promise<void>,
): Promise<void> {
  const asked = new Set<Promise<void>>();
  let bug: { readonly thrown: unknown } | undefined;
  while (!workload.stopped && bug === undefined) {
    await sleep(client, client.chance.between(1, pauseMs));
    if (workload.stopped || bug !== undefined) break;
    const question: Promise<void> = ask().then(
      () => void asked.delete(question),
      (thrown: unknown) => {
        bug ??= { thrown };
      },
    );
    asked.add(question);
  }
  if (bug === undefined) await Promise.all(asked);
  if (bug !== undefined) throw (bug as { readonly thrown: unknown }).thrown;
}

/** Byte address in an offsetMsgId: its last 16 hex digits (MessageDecoder.createMessageId). */
export function positionOf(offsetMessageId: string): number {
  return Number.parseInt(offsetMessageId.slice(-16), 16);
}
