import type { PortError, RoleChange, StateMachine } from '../../raft/index.ts';
import type { Logger } from '../../src/platform/ports.ts';
import { logRoleChange } from '../dledger/log-role-change.ts';
import type { RoleHistory } from '../dledger/role-history.ts';
import type { CommandLog } from './command-log.ts';

export interface ControllerStateMachineParts {
  readonly commands: CommandLog;
  readonly roles: RoleHistory;
  readonly logger: Logger;
  /** This controller is new: its log holds nothing. */
  readonly isEmpty: () => boolean;
  /** This controller leads, and its state is complete. */
  readonly onServing: () => void;
  /** The node cannot go on: stop the process. */
  readonly onFatal: (error: PortError) => void;
}

/** What Raft's decisions mean for a controller. */
export class ControllerStateMachine implements StateMachine {
  readonly #parts: ControllerStateMachineParts;

  constructor(parts: ControllerStateMachineParts) {
    this.#parts = parts;
  }

  committed(index: number): number {
    return this.#parts.commands.committed(index);
  }

  roleChanged(change: RoleChange): void {
    const { roles, commands, logger, isEmpty } = this.#parts;
    roles.add(change, isEmpty());
    logRoleChange(logger, change, isEmpty());
    if (change.role !== 'leader') commands.lost();
  }

  leaderReady(term: number): void {
    this.#parts.logger.info('Serving as the leading controller', { term });
    this.#parts.onServing();
  }

  appendNoop(term: number): void {
    this.#parts.commands.appendNoop(term);
  }

  fatal(error: PortError): void {
    this.#parts.onFatal(error);
  }
}
