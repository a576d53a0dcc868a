import type { Platform } from '../../../src/platform/ports.ts';
import { Chance } from '../../sim/chance.ts';
import { runAdministrator } from '../../workload/administrator.ts';
import { runCommitter } from '../../workload/committer.ts';
import { runOffsetRegisters } from '../../workload/offset-registers.ts';
import { runPushMember } from '../../workload/push-member.ts';
import { runReader } from '../../workload/reader.ts';
import { runSender } from '../../workload/sender.ts';
import { runStaleReader } from '../../workload/stale-reader.ts';
import { runStaleSender } from '../../workload/stale-sender.ts';
import { runTopicSettings } from '../../workload/topic-settings.ts';
import type { Client, MetadataRecord } from '../../workload/workload.ts';
import { LiveClients, type LiveClientsOptions } from './live-clients.ts';

export interface ChaosClientsOptions extends LiveClientsOptions {
  /** What all clients stand on: its connections pass the links of the run. */
  readonly platform: Platform;
  readonly metadata: MetadataRecord;
  /** Addresses of the members, for clients that ask whom they like. */
  readonly addresses: readonly string[];
  readonly seed: number;
  /** Messages a second that the senders aim at. */
  readonly rate: number;
}

const SENDERS = 2;
const SLOTS = 4;
/** Messages of a send: 85 of 100 are single, the others are batches of 2 to 8. */
const MESSAGES_A_SEND = 0.85 + 0.15 * 5;

/** All clients of a chaos run. */
export class ChaosClients extends LiveClients {
  readonly consumerGroup = 'g0';
  readonly hasRegisters = true;
  readonly #options: ChaosClientsOptions;

  constructor(options: ChaosClientsOptions) {
    super(options);
    this.#options = options;
  }

  /** Starts them. */
  start(): void {
    const { platform, metadata, addresses, seed, rate } = this.#options;
    const client = (name: string): Client => ({ process: platform, chance: new Chance(seed, `client/${name}`) });
    const pauseMs = Math.ceil((2_000 * SENDERS * SLOTS * MESSAGES_A_SEND) / rate);
    const sending = { slots: SLOTS, pauseMs, batch: 8, bodyBytes: 400, timeoutMs: 3_000 };
    this.begin(runSender(this, client('c0'), 'p0', sending));
    this.begin(runSender(this, client('c1'), 'p1', { ...sending, timeoutMs: 1_500 }));
    this.begin(runStaleSender(this, client('c2'), addresses, 200));
    this.begin(runStaleReader(this, client('c3'), addresses, 300));
    this.begin(runReader(this, client('c4'), 'r0', 60));
    this.begin(runCommitter(this, client('c5'), metadata, addresses, 100));
    this.beginConsumer(runPushMember(this, client('c6'), this.consumerGroup, 20_000));
    this.begin(runAdministrator(this, client('c7'), metadata, addresses, 1_500));
    this.begin(runOffsetRegisters(this, client('c8'), addresses, 60));
    this.begin(runTopicSettings(this, client('c9'), addresses, 1_000));
  }
}
