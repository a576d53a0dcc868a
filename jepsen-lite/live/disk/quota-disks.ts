import type { Ailing } from '../chaos/ailing.ts';
import type { FullDisks } from './full-disks.ts';

/** A quota of zero in the platform's disk layer inside the broker: needs no rights, knows no short writes, and takes no byte however many were left. */
export class QuotaDisks implements FullDisks {
  readonly by = "a quota of zero in the platform's disk layer inside the broker";
  readonly #ailing: Ailing;

  constructor(ailing: Ailing) {
    this.#ailing = ailing;
  }

  fill(name: string): Promise<() => Promise<void>> {
    const end = this.#ailing.add(name, { diskFull: true });
    return Promise.resolve(async () => end());
  }

  /** The ward heals all its patients. */
  healAll(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
