import type { StateSection } from '../../src/broker/state/snapshot-sections.ts';
import type { Address, Platform, Timer } from '../../src/platform/ports.ts';
import type { WriteRefusal } from '../../src/store/replicator.ts';
import type { Confirmation, HaLog, LogRole } from './ha-log.ts';
import { verifyRun } from './log-bytes.ts';
import { MasterLink } from './master-link.ts';
import type { HaLimits, ReplicaIdentity } from './master-role.ts';
import { type Progress, RECORDS_AT, type Welcome } from './wire.ts';

export type Prove = (position: number, proved: () => void) => void;

/** How a slave's log comes to agree with its master's, and keeps record of who wrote what. Without a Controller there is nothing to do. */
export interface Agreement {
  /**
   * Cuts the log, durably, where it parts from the master's; `done` gets a sentence if that cannot be done. Nothing is cut before `prove` has called back: that the master
   * has the same before that position. It never does where that is not so, or the master is gone.
   */
  agree(welcome: Welcome, prove: Prove, done: (problem: string | undefined) => void): void;
  /** The master that was to be agreed with is gone: what has not begun must not begin any more. */
  abandon(): void;
  /** Records up to `end` of the master's log are about to be appended. False: that could not be noted, and the process stops. */
  extend(end: number): boolean;
}

export interface SlaveRoleOptions {
  readonly platform: Platform;
  readonly log: HaLog;
  readonly identity: ReplicaIdentity;
  readonly limits: HaLimits;
  readonly learner: boolean;
  /** [brokerElectionPriority] */
  readonly priority: number;
  /** Epoch of the master that this slave follows; 0 without a Controller. */
  readonly epoch: number;
  readonly hello: () => Pick<Welcome, 'masterEpoch' | 'epochs'>;
  readonly agreement: Agreement | undefined;
  /** The log holds nothing, and the master has deleted what was before `position`: the log begins there from now on. False: not at the moment. */
  readonly beginAt: (position: number) => boolean;
  /** Where the master's HA port is; a sentence while nobody knows. */
  readonly findMaster: (done: (address: Address | string) => void) => void;
  /** What people should look at where who is there does not speak as a master does. */
  readonly ifNoMaster?: string | undefined;
  /** Consumers see only what the master has confirmed; else everything that is here, as with RocketMQ's slaves. */
  readonly showsOnlyConfirmed: boolean;
  /** Whether what is here may be acknowledged now; undefined: always. */
  readonly mayAcknowledge?: () => boolean;
  readonly events: SlaveEvents;
}

export interface SlaveEvents {
  /** The master's log goes on here. */
  following(): void;
  /** The connection is gone, or never came: `reason` is what people should know, if anything. */
  alone(reason: string | undefined): void;
  /** Everything that the master had when it was first heard is in the own files. */
  caughtUp?(): void;
  /** State that does not ride the log, as of everything that came before it. */
  state?(section: StateSection): void;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 1_000;
/** A refusal is for people: trying again is only to notice that they mended it. */
const REFUSED_RETRY_MS = 5_000;

/** This broker is a slave: takes its master's log as it comes, and tells how far it is. */
export class SlaveRole implements LogRole {
  readonly #options: SlaveRoleOptions;
  #link: MasterLink | undefined;
  #retry: Timer | undefined;
  #retryMs = FIRST_RETRY_MS;
  /** Why it is alone: as of the last try, and as it was logged. */
  #reason: string | undefined;
  #told: string | undefined;
  #confirmed = 0;
  #round = 0;
  #masterEnd = 0;
  /** End of the master's log when it was first heard on this connection; undefined once it is here. */
  #wanted: number | undefined;
  #ended = false;
  #following = false;

  constructor(options: SlaveRoleOptions) {
    this.#options = options;
  }

  start(): void {
    this.#connect();
  }

  /** The master answers, and its log goes on here. */
  get following(): boolean {
    return this.#following;
  }

  /** End of the master's log when it last spoke. */
  get masterEnd(): number {
    return this.#masterEnd;
  }

  refusal(): WriteRefusal {
    return NOT_MASTER;
  }

  confirm(stored: number): Confirmation {
    const visible = this.#options.showsOnlyConfirmed ? Math.min(stored, this.#confirmed) : stored;
    return { visible, safe: visible };
  }

  appended(): void {}

  stored(position: number): void {
    if (!this.#following) return;
    this.#acknowledge(position);
    this.#checkCaughtUp();
  }

  #acknowledge(position: number): void {
    if (this.#options.mayAcknowledge?.() !== false) this.#link?.acknowledge(position, this.#round);
  }

  #checkCaughtUp(): void {
    const { log, events } = this.#options;
    if (this.#wanted === undefined || log.storedPosition < this.#wanted) return;
    this.#wanted = undefined;
    events.caughtUp?.();
  }

  #connect(): void {
    this.#retry = undefined;
    this.#options.findMaster((address) => {
      if (this.#ended || this.#link !== undefined) return;
      if (typeof address === 'string') this.#lost(address, LAST_RETRY_MS);
      else this.#open(address);
    });
  }

  #open(address: Address): void {
    const { platform, log, identity, learner, priority, limits } = this.#options;
    const { cluster, brokerName, brokerId, address: ownAddress, fileBytes } = identity;
    const own = { cluster, brokerName, brokerId, address: ownAddress, fileBytes, learner, priority };
    const hello = { ...own, ...this.#options.hello(), endPosition: log.endPosition };
    this.#link = new MasterLink(platform, address, hello, limits.silenceMs, {
      welcome: (welcome) => this.#agree(welcome),
      data: (progress, frame) => this.#take(progress, frame),
      beat: (progress) => this.#onProgress(progress, true),
      state: (section) => this.#options.events.state?.(section),
      refused: (sentence) => {
        this.#tell(sentence);
        this.#lost(sentence, REFUSED_RETRY_MS);
      },
      closed: (reason, answered) => {
        const { ifNoMaster } = this.#options;
        this.#lost(answered || ifNoMaster === undefined ? reason : `${reason}; ${ifNoMaster}`, this.#retryMs);
      },
    });
  }

  #agree(welcome: Welcome): void {
    const { platform, log, agreement, epoch } = this.#options;
    const link = this.#link;
    if (welcome.masterEpoch !== epoch) {
      // An older one is deposed; for a newer one the command is still to come.
      link?.close(`it is the master of epoch ${welcome.masterEpoch}, not of ${epoch}`);
      return;
    }
    const isEmpty = log.endPosition === log.minPosition;
    if (isEmpty && welcome.minPosition > log.endPosition) {
      if (!this.#options.beginAt(welcome.minPosition)) {
        link?.close('the own log is being written; it tries again');
        return;
      }
      log.began(welcome.minPosition);
      platform.logger.info("The log begins where the master's does now", { position: welcome.minPosition });
    }
    const go = (problem: string | undefined): void => {
      if (this.#ended || link === undefined || link !== this.#link) return;
      if (problem !== undefined) link.giveUp(problem);
      else {
        this.#wanted = welcome.endPosition;
        link.startAt(log.native.segments);
      }
    };
    if (agreement === undefined) go(undefined);
    else {
      const prove: Prove = (position, proved) => link?.prove(log.native.segments, position, proved);
      agreement.agree(welcome, prove, go);
    }
  }

  #take(progress: Progress, frame: Buffer): boolean {
    const { log, agreement } = this.#options;
    const { position } = progress;
    const problem = verifyRun(log.native.segments, frame, RECORDS_AT, position);
    if (problem !== undefined) return this.#link?.close(`what it sent is damaged: ${problem}`) ?? false;
    if (agreement?.extend(position + frame.length - RECORDS_AT) === false) return false;
    if (!log.append(position, frame, RECORDS_AT, frame.length)) {
      return this.#link?.close(`it sent position ${position}, but the log ends at ${log.endPosition}`) ?? false;
    }
    this.#onProgress({ ...progress, position: log.endPosition }, false);
    return true;
  }

  #onProgress({ position, confirmPosition, round }: Progress, answer: boolean): void {
    const { log, events } = this.#options;
    this.#round = round;
    this.#masterEnd = Math.max(this.#masterEnd, position);
    if (!this.#following) {
      this.#following = true;
      this.#told = undefined;
      this.#reason = undefined;
      this.#retryMs = FIRST_RETRY_MS;
      events.following();
    }
    if (confirmPosition > this.#confirmed) {
      this.#confirmed = confirmPosition;
      if (this.#options.showsOnlyConfirmed) log.settle();
    }
    this.#checkCaughtUp();
    if (answer) this.#acknowledge(Math.min(log.storedPosition, log.endPosition));
  }

  #lost(reason: string | undefined, retryMs: number): void {
    if (this.#ended) return;
    const { platform, events, agreement } = this.#options;
    agreement?.abandon();
    this.#link = undefined;
    this.#following = false;
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
    this.#retry ??= platform.timers.after(retryMs, () => this.#connect());
    // What is over with the next try is nobody's business.
    if (reason === this.#reason) this.#tell(reason);
    this.#reason = reason;
    events.alone(reason);
  }

  #tell(reason: string | undefined): void {
    if (reason === undefined || reason === this.#told) return;
    this.#told = reason;
    this.#options.platform.logger.error('This slave does not follow its master; goes on trying', { reason });
  }

  /** This broker is no slave of that master any more: nothing more is taken from it, and nothing acknowledged. */
  end(): void {
    this.#ended = true;
    this.#following = false;
    if (this.#retry !== undefined) this.#options.platform.timers.cancel(this.#retry);
    this.#options.agreement?.abandon();
    this.#link?.end();
    this.#link = undefined;
  }
}

/** Clients of ours know the beginning of the text (src/client/producer/send-policy). */
export const NOT_MASTER: WriteRefusal = {
  status: 'not-leader',
  text: 'this broker is a slave; nothing was appended, send to the master of its set',
};
