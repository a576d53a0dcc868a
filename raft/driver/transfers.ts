import type { RaftNode } from '../core/node.ts';
import type { TransferResult } from '../core/ready.ts';
import type { NodeId } from '../core/types.ts';

/** The leadership transfer that runs, and who waits for its outcome: whoever asked for it, and those who found it under way. */
export class Transfers {
  private readonly core: RaftNode;
  private waiting: ((result: TransferResult) => void)[] = [];

  constructor(core: RaftNode) {
    this.core = core;
  }

  /** Begins one; false: it was refused, which `done` was told. */
  begin(to: NodeId, done: (result: TransferResult) => void): boolean {
    // The one before may have ended in this turn.
    const before = this.core.takeTransferEnded();
    if (before) this.ended(before);
    const refused = this.core.transferTo(to);
    if (refused === undefined) this.waiting.push(done);
    else done({ to, ok: false, reason: refused });
    return refused === undefined;
  }

  join(done: (result: TransferResult | undefined) => void): void {
    if (this.waiting.length === 0) done(undefined);
    else this.waiting.push(done);
  }

  ended(result: TransferResult): void {
    const { waiting } = this;
    this.waiting = [];
    for (const done of waiting) done(result);
  }
}
