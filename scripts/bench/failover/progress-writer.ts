import type { GroupNode } from '../../../cluster/launch/group.ts';
import type { Members, Progress } from './members.ts';

const EVERY_MS = 5;

/** Stores a rising offset of a consumer group every few milliseconds, without waiting for answers: as consumers do, only more often. */
export class ProgressWriter {
  readonly #members: Members;
  readonly #progress: Progress;
  /** When each offset was sent, by the offset less 1. */
  readonly #sentAtMs: number[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(members: Members, progress: Progress) {
    this.#members = members;
    this.#progress = progress;
  }

  /** Begins, or goes on, at this member. */
  start(leader: GroupNode): void {
    this.#timer = setInterval(() => {
      this.#sentAtMs.push(performance.now());
      this.#members.noteProgress(leader, this.#progress, this.#sentAtMs.length);
    }, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** How long before `momentMs` the oldest update was sent that `leader` does not have; 0 if it has all. */
  async lostMs(leader: GroupNode, momentMs: number): Promise<number> {
    const found = await this.#members.progress(leader, this.#progress);
    const lost = this.#sentAtMs[found];
    return lost === undefined ? 0 : Math.max(0, momentMs - lost);
  }
}
