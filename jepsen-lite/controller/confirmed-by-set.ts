import type { ConfirmedBytes } from './confirmed-bytes.ts';
import type { LogFiles } from './log-files.ts';

/** A member of a SyncStateSet, with its log. */
export interface SetMember {
  readonly name: string;
  readonly files: LogFiles;
  /** It lost what it had, which the promises cover: what it acknowledged before is not there to be looked at. */
  readonly isHurt: boolean;
}

/**
 * What is confirmed, and so what is acknowledged, is in the log of every member of the SyncStateSet on which the controllers agreed last, byte for byte, on its medium under SYNC_FLUSH
 * (raft/SAFETY.md 10). Judged when more is confirmed and when the set changes. As an election makes a set of the new master alone, it says too that who is elected has
 * all that was acknowledged, and that a master which was replaced acknowledges nothing that the new one lacks.
 */
export class ConfirmedBySet {
  readonly name = 'confirmed-by-set';
  readonly #confirmed: ConfirmedBytes;
  readonly #where: 'cache' | 'medium';

  constructor(confirmed: ConfirmedBytes, syncFlush: boolean) {
    this.#confirmed = confirmed;
    this.#where = syncFlush ? 'medium' : 'cache';
  }

  /** `by` confirmed what stands in [from, to), as the first. */
  grew(by: string, from: number, to: number, members: readonly SetMember[]): string | undefined {
    const lacking = this.#lacking(from, to, members);
    return lacking === undefined
      ? undefined
      : `${by} confirms [${from}, ${to}), which ${lacking}, a member of the SyncStateSet, does not have`;
  }

  /** `end`: of what members must have. */
  decided(setEpoch: number, members: readonly SetMember[], end: number): string | undefined {
    const lacking = this.#lacking(0, end, members);
    return lacking === undefined
      ? undefined
      : `the SyncStateSet of epoch ${setEpoch} has the member ${lacking}, which lacks some of the ${end} bytes that are confirmed`;
  }

  #lacking(from: number, to: number, members: readonly SetMember[]): string | undefined {
    return members.find(({ files, isHurt }) => !isHurt && !this.#has(files, Math.max(from, files.begin), to))?.name;
  }

  /** What retention removed it had. */
  #has(files: LogFiles, from: number, to: number): boolean {
    return from > to || files.read(from, to, this.#where).equals(this.#confirmed.slice(from, to));
  }
}
