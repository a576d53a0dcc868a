import { apply } from '../../cluster/controller/state/apply.ts';
import { type BrokerSet, type ControllerState, EMPTY_STATE } from '../../cluster/controller/state/broker-set.ts';
import type { Command } from '../../cluster/controller/state/command.ts';
import { COMMAND_RECORD, decodeCommand } from '../../cluster/controller/state/command-codec.ts';
import { readInternalRecord } from '../../src/broker/state/apply-record.ts';
import type { Invariant } from '../invariant/invariant.ts';
import type { CommittedEntry } from '../invariant/ledger.ts';
import type { NodeWatch } from '../invariant/node-watch.ts';

/** `controller` is the first to know that this command made this of a set. */
export type SetChanged = (controller: string, set: BrokerSet, command: Command) => void;

/** What the controllers agreed on, followed entry by entry as each is committed: no controller has to be asked. */
export class AgreedSets implements Invariant {
  readonly name = 'agreed-sets';
  readonly #changed: SetChanged;
  #state: ControllerState = EMPTY_STATE;

  constructor(changed: SetChanged) {
    this.#changed = changed;
  }

  firstCommitted({ name }: NodeWatch, { records }: CommittedEntry): undefined {
    for (const { bytes, position } of records) {
      const { type, version, body } = readInternalRecord(bytes, position);
      if (type !== COMMAND_RECORD.type) continue;
      const before = this.#state;
      const command = decodeCommand(version, body);
      this.#state = apply(before, command).state;
      for (const [brokerName, set] of this.#state)
        if (set !== before.get(brokerName)) this.#changed(name, set, command);
    }
  }
}
