import type { Replica } from '../../raft/index.ts';
import type { CommandLog } from './command-log.ts';
import { apply } from './state/apply.ts';
import type { ControllerState } from './state/broker-set.ts';
import type { Command } from './state/command.ts';
import type { Outcome } from './state/outcome.ts';

/** `not-leader`: certainly without effect, ask the leader. `disk-full`: the same, and no other controller helps. `unknown`: it may yet take effect. */
export type NotAgreed = 'not-leader' | 'disk-full' | 'unknown';

export type Agreed = (outcome: Outcome | NotAgreed) => void;

/** What this controller, as leader, decides together with the others. */
export class Agreement {
  readonly #log: CommandLog;
  readonly #replica: () => Replica;

  constructor(log: CommandLog, replica: () => Replica) {
    this.#log = log;
    this.#replica = replica;
  }

  /** Has a command agreed on. One that would change nothing needs no entry: a fresh read gives its outcome. */
  execute(command: Command, done: Agreed): void {
    if (apply(this.#log.state, command).state !== this.#log.state) {
      this.#propose(command, done);
      return;
    }
    this.read((state) => {
      if (typeof state === 'string') return done(state);
      const outcome = apply(state, command);
      if (outcome.state === state) done(outcome);
      else this.#propose(command, done);
    });
  }

  /** The state with everything that was answered before the call. */
  read(done: (state: ControllerState | NotAgreed) => void): void {
    this.#replica().readIndex((refusal) => {
      if (refusal === undefined) done(this.#log.state);
      else done('not-leader');
    });
  }

  #propose(command: Command, done: Agreed): void {
    const refusal = this.#replica().refusal();
    if (refusal === undefined) this.#log.propose(command, (outcome) => done(outcome ?? 'unknown'));
    else done(refusal === 'disk-full' ? refusal : 'not-leader');
  }
}
