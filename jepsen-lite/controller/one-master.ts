import type { BrokerSet } from '../../cluster/controller/state/broker-set.ts';

/** An epoch has one master, whom the controllers elected for it: nobody else ever appends in it (cluster/ha/README.md). */
export class OneMaster {
  readonly name = 'one-master';
  /** Names of those whom the controllers elected, by epoch; undefined: nobody. */
  readonly #elected = new Map<number, string | undefined>();

  /** The controllers agreed on something; `master` is the name of the master that they mean. */
  decided({ masterEpoch, masterId }: BrokerSet, master: string | undefined): string | undefined {
    if (this.#elected.has(masterEpoch) && this.#elected.get(masterEpoch) !== master) {
      return `the controllers made ${master ?? 'nobody'} (id ${masterId}) the master of epoch ${masterEpoch}, which had ${this.#elected.get(masterEpoch) ?? 'nobody'}`;
    }
    this.#elected.set(masterEpoch, master);
    return undefined;
  }

  leads({ name }: { readonly name: string }, epoch: number): string | undefined {
    const elected = this.#elected.get(epoch);
    return elected === name
      ? undefined
      : `${name} is the master of epoch ${epoch}, for which the controllers elected ${elected ?? 'nobody'}`;
  }
}
