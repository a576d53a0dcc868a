import type { Clock, Logger, Timer, Timers } from '../../src/platform/ports.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import type { Agreed, Agreement } from './agreement.ts';
import type { ControllerConfig } from './config.ts';
import type { GoneBroker, LiveBrokers } from './live-brokers.ts';
import type { RoleNotifier } from './role-notifier.ts';
import type { BrokerSet, ControllerState } from './state/broker-set.ts';
import type { ElectMaster, LiveBroker } from './state/command.ts';
import { electMaster } from './state/elect-master.ts';
import type { Outcome } from './state/outcome.ts';

/** Wait before an election that nobody answered is tried again. */
const RETRY_MS = 1_000;

export interface MasterWatchParts {
  readonly live: LiveBrokers;
  readonly agreement: Agreement;
  readonly notifier: RoleNotifier;
  readonly config: ControllerConfig;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** The state as this controller knows it. */
  readonly state: () => ControllerState;
  /** Leads and serves. */
  readonly leads: () => boolean;
}

/** What of an election is up to who asks for it; `brokerId` undefined: the controller itself. */
export type Asked = Pick<ElectMaster, 'brokerId' | 'designated' | 'acceptLoss' | 'consentNeeded'>;

/** Sees that broker sets have a live master, while this controller leads; and holds elections for those who ask. */
export class MasterWatch {
  readonly #parts: MasterWatchParts;
  #expiry: Timer | undefined;
  #scan: Timer | undefined;
  /** Sets with an election under way. */
  readonly #electing = new Set<string>();
  /** Sets without a master, and why, as people were told. */
  readonly #masterless = new Map<string, string>();
  /** Epochs of the unclean elections that this controller told people of last. */
  readonly #unclean = new Map<string, number>();
  #elections = { elected: 0, kept: 0, nobody: 0 };

  constructor(parts: MasterWatchParts) {
    this.#parts = parts;
  }

  /** How elections ended since the start. */
  get elections(): { readonly elected: number; readonly kept: number; readonly nobody: number } {
    return this.#elections;
  }

  start(): void {
    const { timers, config, live, clock } = this.#parts;
    const { scanNotActiveBrokerInterval, scanInactiveMasterInterval } = config.values;
    this.#expiry = timers.every(scanNotActiveBrokerInterval, () => this.gone(live.expire(clock.monotonicMs())));
    this.#scan = timers.every(scanInactiveMasterInterval, () => this.scan());
  }

  stop(): void {
    for (const timer of [this.#expiry, this.#scan]) if (timer !== undefined) this.#parts.timers.cancel(timer);
  }

  /** Brokers went silent: a set whose master is among them needs another. */
  gone(brokers: readonly GoneBroker[]): void {
    const { logger, leads, state } = this.#parts;
    for (const { brokerName, brokerId } of brokers) {
      logger.warn('A broker is alive no longer', { brokerName, brokerId });
      if (leads() && state().get(brokerName)?.masterId === brokerId) this.#elect(brokerName, 1);
    }
  }

  /** Looks at all sets: those that would get another master, or lose the one that is gone, have an election. */
  scan(): void {
    if (!this.#parts.leads()) return;
    for (const set of this.#parts.state().values()) this.look(set);
  }

  /** The same for one set; what keeps it from having a master is said once, and that its master may lack something. */
  look(set: BrokerSet): void {
    const { brokerName, masterEpoch } = set;
    const { state } = this.#parts;
    if (masterEpoch === 0) return;
    // Who held the election may be gone since it was agreed on.
    this.#tellUnclean(set);
    const known = state();
    const outcome = electMaster(known, this.#command(brokerName));
    if (outcome.state !== known) this.#elect(brokerName, 1);
    else this.#tellNobody(brokerName, outcome);
  }

  /** Holds an election; brokers are told of a new master before `done`. */
  elect(brokerName: string, asked: Asked, done: Agreed): void {
    const { agreement, notifier, config, live, clock } = this.#parts;
    agreement.execute({ ...this.#command(brokerName), ...asked }, (outcome) => {
      if (typeof outcome === 'object') this.#count(outcome.code);
      const elected = typeof outcome === 'object' && outcome.code === ResponseCode.SUCCESS ? outcome.set : undefined;
      if (elected !== undefined) this.#tellUnclean(elected);
      if (elected !== undefined && config.values.notifyBrokerRoleChanged) {
        notifier.masterChanged(elected, (id) => live.isAlive(brokerName, id, clock.monotonicMs()));
      }
      done(outcome);
    });
  }

  /** Once for each reason, until there is a master again. */
  #tellNobody(brokerName: string, { code, remark = '' }: Outcome): void {
    if (code !== ResponseCode.CONTROLLER_MASTER_NOT_AVAILABLE) this.#masterless.delete(brokerName);
    else if (this.#masterless.get(brokerName) !== remark) {
      this.#masterless.set(brokerName, remark);
      this.#parts.logger.error('A broker set has no master', { brokerName, reason: remark });
    }
  }

  /** Once for each election, while its master is in charge. */
  #tellUnclean({ brokerName, masterId, masterEpoch, uncleanEpoch }: BrokerSet): void {
    if (uncleanEpoch !== masterEpoch || this.#unclean.get(brokerName) === masterEpoch) return;
    this.#unclean.set(brokerName, masterEpoch);
    this.#parts.logger.error(
      'Elected a master of which nobody knows that it was in sync: acknowledged messages may be lost; brokers that may hold them do not follow it',
      { brokerName, masterId, masterEpoch },
    );
  }

  #elect(brokerName: string, attempt: number): void {
    if (attempt === 1 && this.#electing.has(brokerName)) return;
    this.#electing.add(brokerName);
    this.elect(brokerName, { brokerId: undefined, designated: false }, (outcome) => {
      const { timers, config, leads } = this.#parts;
      if (typeof outcome === 'object') this.#tellNobody(brokerName, outcome);
      const again = typeof outcome === 'string' && leads() && attempt < config.values.electMasterMaxRetryCount;
      if (again) timers.after(RETRY_MS, () => this.#elect(brokerName, attempt + 1));
      else this.#electing.delete(brokerName);
    });
  }

  #command(brokerName: string): ElectMaster {
    const unclean = this.#parts.config.values.enableElectUncleanMaster;
    const live = this.liveOf(brokerName);
    return { kind: 'elect-master', brokerName, brokerId: undefined, designated: false, unclean, live };
  }

  /** The brokers of a set that an election may count on: the live ones, and a master that this controller has had no time to hear. */
  liveOf(brokerName: string): LiveBroker[] {
    const { live, clock, state } = this.#parts;
    const nowMs = clock.monotonicMs();
    const beats = live.of(brokerName, nowMs).map(({ brokerId, epoch, maxOffset, priority }): LiveBroker => {
      return { brokerId, epoch, maxOffset, priority };
    });
    const masterId = state().get(brokerName)?.masterId;
    const unheard = masterId !== undefined && beats.every(({ brokerId }) => brokerId !== masterId);
    if (!unheard || !live.mayBeAlive(brokerName, masterId, nowMs)) return beats;
    return [...beats, { brokerId: masterId, epoch: -1, maxOffset: -1, priority: 0 }];
  }

  #count(code: ResponseCode): void {
    const { elected, kept, nobody } = this.#elections;
    if (code === ResponseCode.SUCCESS) this.#elections = { elected: elected + 1, kept, nobody };
    else if (code === ResponseCode.CONTROLLER_MASTER_STILL_EXIST) this.#elections = { elected, kept: kept + 1, nobody };
    else this.#elections = { elected, kept, nobody: nobody + 1 };
  }
}
