import { type DispatcherOptions, Dispatcher as Real } from '../../../src/store/dispatcher.ts';
import type { RecordLog } from '../../../src/store/record-log.ts';

export type { DispatcherOptions } from '../../../src/store/dispatcher.ts';

/** Goes up to the end of the log whenever something is confirmed. */
export class Dispatcher extends Real {
  readonly #log: RecordLog;

  constructor(options: DispatcherOptions) {
    super(options);
    this.#log = options.log;
  }

  override dispatchTo(position: number): void {
    super.dispatchTo(Math.max(position, this.#log.endPosition));
  }
}
