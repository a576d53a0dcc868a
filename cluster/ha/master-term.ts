import type { Timer } from '../../src/platform/ports.ts';
import type { WriteRefusal } from '../../src/store/replicator.ts';
import { type ConfirmRule, setRule } from './confirm-rules.ts';
import { haLimits, replicaIdentity } from './ha-settings.ts';
import { MasterRole } from './master-role.ts';
import type { ReplicaNodeOptions } from './replica-node-options.ts';
import type { MasterCommand, SyncStateSet } from './replica-roles.ts';
import { RoundWaiters } from './round-waiters.ts';
import { SyncStateTracker } from './sync-state-tracker.ts';

/** How often a master looks who should join or leave the set, ms. */
const LOOK_MS = 1_000;

export interface MasterTermParts {
  readonly brokerId: number;
  /** Hands over to another broker, and appends nothing more. */
  readonly isLeaving: () => boolean;
  /** `serving` changed. */
  readonly changed: () => void;
}

/** A replica of Controller mode while it is the master of one epoch, which is noted durably: who is in sync, what that confirms, and since when it serves. */
export class MasterTerm {
  readonly role: MasterRole;
  readonly tracker: SyncStateTracker;
  readonly #options: ReplicaNodeOptions;
  readonly #parts: MasterTermParts;
  readonly #rounds = new RoundWaiters();
  #serving = false;
  /** It serves when everything below is confirmed and applied. */
  #ownEnd: number;
  /** A slave may join the set when it has everything below. */
  #mayJoinAt: number;
  #look: Timer | undefined;
  #ended = false;

  constructor(options: ReplicaNodeOptions, command: MasterCommand, parts: MasterTermParts) {
    const { platform, config, log, epochs, doubt } = options;
    const { clock, timers, logger } = platform;
    const { brokerId: selfId } = parts;
    this.#options = options;
    this.#parts = parts;
    this.#ownEnd = log.endPosition;
    this.#mayJoinAt = epochs.entries.at(-1)?.startPosition ?? log.endPosition;
    const nowMs = clock.monotonicMs();
    const maxLagMs = config.haMaxTimeSlaveNotCatchup;
    const tracker = new SyncStateTracker({ selfId, set: command.syncStateSet, nowMs, maxLagMs });
    const copies = config.allAckInSyncStateSet ? undefined : config.inSyncReplicas;
    const required = (): ReadonlySet<number> => tracker.required;
    this.tracker = tracker;
    this.role = new MasterRole({
      ...{ log, clock, timers, logger },
      identity: replicaIdentity(config, selfId),
      limits: haLimits(config),
      epoch: command.masterEpoch,
      epochs: () => epochs.entries,
      setId: doubt.setId,
      rule: this.#whileHeld(setRule({ selfId, required, copies, timeoutMs: config.slaveTimeout })),
      refusal: () => this.#refusal(),
      stateForBeginner: () => options.exportState(),
      tellsConfirmed: true,
      events: {
        acknowledged: () => {
          this.#propose();
          this.#askRounds();
          if (!this.#serving) this.#settle();
        },
        left: ({ brokerId }) => {
          tracker.left(brokerId);
          this.#propose();
        },
      },
    });
  }

  /** Takes the log over: until then it is fenced. */
  start(): void {
    const { platform, log, store } = this.#options;
    log.setRole(this.role);
    store().adoptTail();
    this.#look = platform.timers.every(LOOK_MS, () => {
      this.tracker.answered();
      this.#rounds.expire();
      this.#propose();
      if (!this.#serving) this.#settle();
    });
    this.#settle();
  }

  /** Everything that the log held when the epoch began is confirmed and applied. */
  get serving(): boolean {
    return this.#serving;
  }

  end(reason: string): void {
    this.#ended = true;
    this.#serving = false;
    if (this.#look !== undefined) this.#options.platform.timers.cancel(this.#look);
    this.role.end(reason);
    this.#rounds.end();
  }

  /** Serves when what it found in its log is confirmed: the set of an election holds the new master alone, so that is at once, as a rule. */
  #settle(): void {
    const { log, store, adopted, platform } = this.#options;
    log.settle();
    if (this.#serving || this.#ended || store().dispatchedPosition < this.#ownEnd) return;
    if (adopted.pending) {
      const end = adopted.toLog();
      if (end === undefined) return;
      this.#ownEnd = end;
      this.#mayJoinAt = end;
      this.#settle();
      return;
    }
    this.#serving = true;
    platform.logger.info('Serving as master', { epoch: this.role.epoch, brokerId: this.#parts.brokerId });
    this.#parts.changed();
  }

  /** A process that did not run for long may have been replaced under its own id: what it confirms then may be nowhere else. */
  #whileHeld(rule: ConfirmRule): ConfirmRule {
    return (input) => (this.#options.events.mayBeReplaced() ? { visible: 0, safe: 0 } : rule(input));
  }

  // --- the set -----------------------------------------------------------------------------------------------------

  decided(set: SyncStateSet): void {
    if (!this.tracker.decide(set)) return;
    this.#options.platform.logger.info('SyncStateSet', { members: set.brokerIds.join(' '), setEpoch: set.setEpoch });
    // At once: until then the confirm position is that of the set of before, and says nothing of who may join.
    this.#options.log.settle();
    this.role.settleSoon();
    this.#askRounds();
  }

  refused(): void {
    this.tracker.answered();
  }

  #propose(): void {
    const { platform, log, events, adopted } = this.#options;
    const wish = this.tracker.propose({
      nowMs: platform.clock.monotonicMs(),
      slaves: this.role.links,
      endPosition: log.endPosition,
      confirmPosition: log.confirmedPosition,
      epochStart: adopted.unsafe ? Number.POSITIVE_INFINITY : this.#mayJoinAt,
    });
    if (this.#ended || wish === undefined) return;
    const addresses = new Map(this.role.links.map(({ brokerId, address }) => [brokerId, address]));
    platform.timers.endOfTurn(() => {
      if (!this.#ended) events.alterSyncStateSet(this.role.epoch, wish, addresses);
    });
  }

  #refusal(): WriteRefusal | undefined {
    const { adopted, config, events } = this.#options;
    if (adopted.logging) return undefined;
    if (this.#parts.isLeaving()) return notReady('this master hands over to another broker; try again');
    if (!this.#serving) return notReady('this broker was just elected and is not ready yet; try again');
    if (events.mayBeReplaced())
      return notReady('this broker did not run for a while, and asks the controllers whether it is still the master');
    const count = this.tracker.decided.brokerIds.length;
    if (count >= config.minInSyncReplicas) return undefined;
    const text = `in-sync replicas not enough: ${count} of minInSyncReplicas=${config.minInSyncReplicas}; nothing was appended`;
    return { status: 'replicas-missing', text };
  }

  // --- questions ---------------------------------------------------------------------------------------------------

  /** See `ReplicaNode.confirmMaster`. */
  confirmMaster(done: (master: boolean) => void): void {
    if (!this.#serving || this.#options.events.mayBeReplaced()) {
      done(false);
      return;
    }
    this.#rounds.add(this.role.askRound(), done);
    this.#askRounds();
  }

  #askRounds(): void {
    if (this.#options.events.mayBeReplaced()) return;
    const required = [...this.tracker.required].filter((id) => id !== this.#parts.brokerId);
    const rounds = new Map(this.role.links.map(({ brokerId, round }) => [brokerId, round]));
    this.#rounds.reached(Math.min(Number.MAX_SAFE_INTEGER, ...required.map((id) => rounds.get(id) ?? 0)));
  }
}

function notReady(text: string): WriteRefusal {
  return { status: 'not-ready', text };
}
