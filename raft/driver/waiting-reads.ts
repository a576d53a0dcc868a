type ReadDone<R> = (refusal: R | undefined, index: number) => void;

interface WaitingRead<R> {
  readonly id: number;
  readonly done: ReadDone<R>;
  /** Set when leadership was proved: waits for this index to be applied. */
  index: number;
}

/** Fresh reads on their way: first they wait for proof of leadership, then for the state machine. In the order of their ids. */
export class WaitingReads<R extends string = 'not-leader' | 'stopped'> {
  private reads: WaitingRead<R>[] = [];

  add(id: number, done: ReadDone<R>): void {
    this.reads.push({ id, done, index: -1 });
  }

  proved(upToId: number, index: number): void {
    for (const read of this.reads) {
      if (read.id > upToId) break;
      if (read.index < 0) read.index = index;
    }
  }

  applied(appliedIndex: number): void {
    while (this.reads.length > 0) {
      const read = this.reads[0] as WaitingRead<R>;
      if (read.index < 0 || read.index > appliedIndex) return;
      this.reads.shift();
      read.done(undefined, read.index);
    }
  }

  fail(refusal: R): void {
    const { reads } = this;
    this.reads = [];
    for (const read of reads) read.done(refusal, 0);
  }
}
