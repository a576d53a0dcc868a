import type { BrokerSet } from '../../cluster/controller/state/broker-set.ts';
import type { Command, LiveBroker } from '../../cluster/controller/state/command.ts';
import type { LogLine } from '../sim/sim-logger.ts';

/** By whose leave somebody may be elected who is not in sync: `always` [enableElectUncleanMaster], or when people accept the loss [electMaster --acceptLoss]. */
export type LossAllowed = 'always' | 'by-people';

/**
 * An unclean election comes only where that is allowed and nobody in sync is alive, takes the longest history of those that are, and is told to people by a controller: what it may have lost is announced
 * (cluster/controller/README.md, "Elections").
 */
export class UncleanElections {
  readonly name = 'unclean-election';
  readonly #allowed: LossAllowed | undefined;
  /** Epochs of unclean elections, and of those that a controller told people of. */
  readonly #epochs = new Set<number>();
  readonly #told = new Set<number>();

  constructor(allowed: LossAllowed | undefined) {
    this.#allowed = allowed;
  }

  /** Whether an agreed set is that of an election of somebody who was not in sync. */
  static isUnclean(set: BrokerSet, before: BrokerSet | undefined): boolean {
    return set.uncleanEpoch === set.masterEpoch && set.masterEpoch !== (before?.masterEpoch ?? 0);
  }

  /** The controllers agreed on an unclean election by this command. */
  decided(command: Command, { masterEpoch, masterId }: BrokerSet, before: BrokerSet | undefined): string | undefined {
    this.#epochs.add(masterEpoch);
    const what = `${masterId} was elected master of epoch ${masterEpoch}, though not in sync`;
    if (command.kind !== 'elect-master') return `${what}, by ${command.kind}`;
    const isAllowed = command.acceptLoss ? this.#allowed !== undefined : this.#allowed === 'always';
    if (!isAllowed) return `${what}, and nobody allowed that`;
    const able = command.live.filter(({ brokerId }) => before?.replicas.get(brokerId)?.learner === false);
    const inSync = able.find(({ brokerId }) => before?.syncStateSet.includes(brokerId));
    if (inSync !== undefined) return `${what}, and ${inSync.brokerId} is alive and in sync`;
    const elected = able.find(({ brokerId }) => brokerId === masterId);
    const longer = able.find((one) => elected !== undefined && hasMore(one, elected));
    if (longer !== undefined) return `${what}, and ${longer.brokerId}, alive, has more`;
    return elected === undefined ? `${what}, and is not alive` : undefined;
  }

  /** A controller wrote this line. */
  heard({ level, message, fields }: LogLine): void {
    const isTold = level === 'error' && message.includes('acknowledged messages may be lost');
    if (isTold) this.#told.add(Number(fields?.['masterEpoch']));
  }

  get count(): number {
    return this.#epochs.size;
  }

  healed(): string | undefined {
    const epoch = [...this.#epochs].find((one) => !this.#told.has(one));
    return epoch === undefined
      ? undefined
      : `the election of epoch ${epoch} was unclean, and no controller said that messages may be lost`;
  }
}

function hasMore(one: LiveBroker, than: LiveBroker): boolean {
  return one.epoch > than.epoch || (one.epoch === than.epoch && one.maxOffset > than.maxOffset);
}
