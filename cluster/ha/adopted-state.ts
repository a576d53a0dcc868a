import type { DiskError, Logger } from '../../src/platform/ports.ts';
import type { DoubtFile } from './doubt-file.ts';
import type { HaLog } from './ha-log.ts';
import { orFatal } from './or-fatal.ts';
import type { Agreement } from './slave-role.ts';

export interface AdoptedStateOptions {
  readonly doubt: DoubtFile;
  readonly log: HaLog;
  readonly logger: Logger;
  /** Appends all of the state; false: the log takes nothing now. */
  readonly append: () => boolean;
  /** Forgets all of the state; durable when `done` comes. */
  readonly forget: (done: () => void) => void;
  fatal(error: DiskError): void;
}

const FIRST =
  'It is that of a broker without a Controller: to keep it, stop all brokers, empty the storePathRootDir of the others instead, and start this one before them';

/**
 * Topics, groups, offsets and delay progress that were taken over from the files of a plain broker. The log does not tell them, so that slaves would lack them: the first master
 * puts them there, before it serves and before anybody joins its set. Who becomes a slave gets them from that log, and its own go.
 */
export class AdoptedState {
  readonly #options: AdoptedStateOptions;
  #appended = false;
  /** Counts roles. */
  #turn = 0;
  #logging = false;

  constructor(options: AdoptedStateOptions) {
    this.#options = options;
  }

  /** The log does not tell the state. */
  get pending(): boolean {
    return this.#options.doubt.stateAdopted && !this.#appended;
  }

  /**
   * A start would not know whether the log tells the state. Nobody else may be in sync then: once another one was elected, this broker would forget what its own log has told it already.
   */
  get unsafe(): boolean {
    return this.#options.doubt.stateAdopted;
  }

  /** It is being appended: nothing else of this broker is, yet. */
  get logging(): boolean {
    return this.#logging;
  }

  /** As a master, which has applied all of its log: where the log ends behind the state; undefined: it takes nothing now. */
  toLog(): number | undefined {
    const { doubt, log, logger, append, fatal } = this.#options;
    this.#logging = true;
    this.#appended = append();
    this.#logging = false;
    if (!this.#appended) return undefined;
    const end = log.endPosition;
    logger.info('The topics, groups and offsets of the plain broker whose directory this was are in the log', { end });
    const turn = this.#turn;
    log.native.syncTo(end, (error) => {
      if (error !== undefined) fatal(error);
      else if (turn === this.#turn) orFatal(fatal, () => doubt.stateLogged());
    });
    return end;
  }

  /** What was appended and is not durable yet may be cut. */
  roleEnds(): void {
    this.#turn++;
    this.#appended = false;
  }

  /** As a slave: the state goes when the logs agree, before the first bytes of the master are taken. */
  droppedBefore(agreement: Agreement): Agreement {
    const { doubt, forget, fatal } = this.#options;
    return {
      agree: (welcome, prove, done) =>
        agreement.agree(welcome, prove, (problem) => {
          if (!doubt.stateAdopted) return done(problem);
          if (problem !== undefined) return done(`${problem}. ${FIRST}`);
          forget(() => {
            if (orFatal(fatal, () => doubt.stateLogged())) done(undefined);
          });
        }),
      abandon: () => agreement.abandon(),
      extend: (end) => agreement.extend(end),
    };
  }
}
