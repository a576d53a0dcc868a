import { StateSaver as Real } from '../../../raft/driver/state-saver.ts';

/** Holds no message back. */
export class StateSaver extends Real {
  override get idle(): boolean {
    return true;
  }
}
