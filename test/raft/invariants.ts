import type { MemoryEntry, MemoryLog } from '../../raft/core/memory-log.ts';
import type { NodeId } from '../../raft/core/types.ts';

interface Committed {
  readonly entry: MemoryEntry;
  /** Term of the node that first knew it to be committed: leaders of later terms must have it. */
  readonly inTerm: number;
}

const at = (log: MemoryLog, index: number): MemoryEntry | undefined => log.entries[index - log.firstIndex];

/** What must hold at every moment of every run (Ongaro, figure 3.2). Throws where it does not. */
export class Invariants {
  readonly log: Committed[] = [];
  private readonly leaders = new Map<number, NodeId>();

  /** All machines lost power at once under ASYNC_FLUSH: what was committed may be lost. */
  forgetCommitted(): void {
    this.log.length = 0;
  }

  /** Election safety, and leader completeness. */
  leads(id: NodeId, term: number, log: MemoryLog): void {
    const other = this.leaders.get(term);
    if (other !== undefined && other !== id) throw new Error(`two leaders in term ${term}: ${other} and ${id}`);
    this.leaders.set(term, id);
    this.log.forEach(({ entry, inTerm }, i) => {
      if (inTerm < term && i + 1 >= log.firstIndex && at(log, i + 1)?.value !== entry.value) {
        throw new Error(`leader ${id} of term ${term} lacks committed entry ${i + 1}`);
      }
    });
  }

  /** State machine safety: nobody applies another entry at the same index. */
  committed(id: NodeId, log: MemoryLog, index: number, term: number): number {
    for (let i = log.firstIndex - 1; i < index; i++) {
      const entry = at(log, i + 1);
      if (!entry) throw new Error(`${id} commits ${index} but its log ends before`);
      const known = this.log[i];
      if (!known) this.log.push({ entry, inTerm: term });
      else if (known.entry.term !== entry.term || known.entry.value !== entry.value) {
        throw new Error(`${id} commits another entry ${i + 1}`);
      }
    }
    return index;
  }

  /** Log matching: the same index and term mean the same prefix. */
  match(logs: readonly MemoryLog[]): void {
    for (const a of logs) {
      for (const b of logs) {
        for (let i = Math.min(a.lastIndex, b.lastIndex); i >= Math.max(a.firstIndex, b.firstIndex); i--) {
          if (at(a, i)?.term !== at(b, i)?.term) continue;
          if (a.chainCrc(i) !== b.chainCrc(i)) throw new Error(`logs differ before index ${i} of equal term`);
          break;
        }
      }
    }
  }
}
