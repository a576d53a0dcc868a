import type { Platform } from '../../../src/platform/ports.ts';
import type { Server } from '../../checker/rocketmq-outcome.ts';
import { LiveClients, type LiveClientsOptions } from '../../live/chaos/live-clients.ts';
import { Chance } from '../../sim/chance.ts';
import { runPushMember } from '../../workload/push-member.ts';
import { runSender } from '../../workload/sender.ts';
import type { ClientJudge } from '../../workload/workload.ts';
import type { LoadPlan } from '../plan/plan.ts';

export interface DrillClientsOptions extends LiveClientsOptions {
  readonly platform: Platform;
  readonly load: LoadPlan;
  /** Whose promises hold for refused sends. */
  readonly server: Server;
  readonly seed: number;
  /** A topic that does not exist yet: all that is in it will be held against what was sent. */
  readonly topic: string;
}

/** One producer with several senders, and one consumer: what a drill measures with. */
export class DrillClients extends LiveClients {
  /** When the consumer saw each message first, on the clock of the run. */
  readonly consumedAtMs: ReadonlyMap<string, number>;
  readonly consumerGroup = 'drill-consumer';
  readonly hasRegisters = false;
  readonly #options: DrillClientsOptions;

  constructor(options: DrillClientsOptions) {
    const consumedAtMs = new Map<string, number>();
    const { judge, nowMs } = options;
    super({ ...options, judge: noting(judge, (value) => consumedAtMs.set(value, nowMs()), consumedAtMs) }, [
      options.topic,
    ]);
    this.consumedAtMs = consumedAtMs;
    this.#options = options;
  }

  /** Acknowledged messages that the consumer has not seen. */
  get lag(): number {
    return Math.max(0, this.counts.acknowledged - this.consumedAtMs.size);
  }

  start(): void {
    const { platform, seed, load, server } = this.#options;
    const { rate, senders, bodyBytes, sendTimeoutMs } = load;
    const client = (name: string) => ({ process: platform, chance: new Chance(seed, `client/${name}`) });
    // A sender pauses for a drawn time of half this on average.
    const pauseMs = Math.max(1, Math.round((2_000 * senders) / rate));
    const sending = { slots: senders, pauseMs, batch: 1, bodyBytes, timeoutMs: sendTimeoutMs, server };
    this.begin(runSender(this, client('sender'), 'drill-sender', sending));
    this.beginConsumer(runPushMember(this, client('consumer'), this.consumerGroup));
  }
}

/** The judge, and beside it who is told of each message that is seen for the first time. */
function noting(judge: ClientJudge, note: (value: string) => void, known: ReadonlyMap<string, number>): ClientJudge {
  return {
    ledger: judge.ledger,
    acknowledged: (send) => judge.acknowledged(send),
    seen: (message) => {
      if (!known.has(message.value)) note(message.value);
      judge.seen(message);
    },
    broken: (invariant, text) => judge.broken(invariant, text),
  };
}
