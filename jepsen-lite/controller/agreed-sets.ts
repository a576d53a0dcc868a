import { apply } from '../../cluster/controller/state/apply.ts';
import { type BrokerSet, type ControllerState, EMPTY_STATE } from '../../cluster/controller/state/broker-set.ts';
import { COMMAND_RECORD, decodeCommand } from '../../cluster/controller/state/command-codec.ts';
import { readInternalRecord } from '../../src/broker/state/apply-record.ts';
import type { Invariant } from '../invariant/invariant.ts';
import type { CommittedEntry } from '../invariant/ledger.ts';
import type { NodeWatch } from '../invariant/node-watch.ts';

/** What the controllers agreed on, followed entry by entry as each is committed: no controller has to be asked. */
export class AgreedSets implements Invariant {
  readonly name = 'agreed-sets';
  readonly #changed: (controller: string, set: BrokerSet) => void;
  #state: ControllerState = EMPTY_STATE;

  constructor(changed: (controller: string, set: BrokerSet) => void) {
    this.#changed = changed;
  }

  firstCommitted({ name }: NodeWatch, { records }: CommittedEntry): undefined {
    for (const { bytes, position } of records) {
      const { type, version, body } = readInternalRecord(bytes, position);
      if (type !== COMMAND_RECORD.type) continue;
      const before = this.#state;
      this.#state = apply(before, decodeCommand(version, body)).state;
      for (const [brokerName, set] of this.#state) if (set !== before.get(brokerName)) this.#changed(name, set);
    }
  }
}
