import type { DiskError } from '../platform/ports.ts';
import type { ConsumeQueue } from './consume-queue.ts';

/** Disk operations in flight at once: the thread pool is shared with the log. */
const PARALLEL = 4;

interface Waiter {
  readonly sync: boolean;
  readonly done: (error: DiskError | undefined) => void;
}

/**
 * Writes the units of changed queues behind, in passes: one pass at a time, a few queues at once. What changes during a pass is the next
 * pass's work.
 */
export class QueueFlusher {
  readonly #dirty = new Set<ConsumeQueue>();
  /** Written since their last fsync. */
  readonly #unsynced = new Set<ConsumeQueue>();
  /** May hold more memory than they need. */
  readonly #warm = new Set<ConsumeQueue>();
  #waiting: Waiter[] = [];
  #pass: Waiter[] = [];
  #work: ConsumeQueue[] = [];
  #next = 0;
  #active = 0;
  #sync = false;
  #pumping = false;
  #error: DiskError | undefined;
  /** The first fsync that failed: what the kernel kept of those files is unknown, so no later one proves anything. */
  #syncFailure: DiskError | undefined;

  /** The queue got units. */
  changed(queue: ConsumeQueue): void {
    this.#dirty.add(queue);
  }

  forget(queue: ConsumeQueue): void {
    this.#dirty.delete(queue);
    this.#unsynced.delete(queue);
    this.#warm.delete(queue);
  }

  /**
   * Writes all units that are only in memory now, and with `sync` fsyncs the files. `done` gets the first error; what failed stays to be
   * tried again. After a failed fsync (code EIO whatever its cause) every later flush with `sync` fails too.
   */
  flush(sync: boolean, done: (error: DiskError | undefined) => void): void {
    this.#waiting.push({ sync, done });
    if (this.#pass.length === 0) this.#begin();
  }

  get busy(): boolean {
    return this.#pass.length > 0;
  }

  #begin(): void {
    this.#pass = this.#waiting;
    this.#waiting = [];
    this.#sync = this.#pass.some((waiter) => waiter.sync);
    this.#error = undefined;
    this.#work = [...(this.#sync ? new Set([...this.#dirty, ...this.#unsynced]) : this.#dirty)];
    this.#next = 0;
    this.#pump();
  }

  /** Queues may finish within the call that starts them: the loop, not the recursion, goes on. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#active < PARALLEL && this.#next < this.#work.length) {
      this.#active++;
      this.#start(this.#work[this.#next++]!);
    }
    this.#pumping = false;
    if (this.#active === 0) this.#finish();
  }

  #start(queue: ConsumeQueue): void {
    queue.flush((error) => {
      if (error !== undefined) {
        this.#settled(error);
        return;
      }
      if (!queue.dirty) this.#dirty.delete(queue);
      this.#warm.add(queue);
      if (!this.#sync) {
        this.#unsynced.add(queue);
        this.#settled(undefined);
        return;
      }
      queue.sync((syncError) => {
        if (syncError !== undefined) this.#syncFailure ??= syncFailure(syncError);
        if (queue.unsynced) this.#unsynced.add(queue);
        else this.#unsynced.delete(queue);
        this.#settled(this.#syncFailure);
      });
    });
  }

  #settled(error: DiskError | undefined): void {
    this.#error ??= error;
    this.#active--;
    this.#pump();
  }

  #finish(): void {
    for (const queue of this.#warm) if (!queue.relax()) this.#warm.delete(queue);
    const waiters = this.#pass;
    const error = (this.#sync ? this.#syncFailure : undefined) ?? this.#error;
    this.#pass = [];
    this.#work = [];
    for (const waiter of waiters) waiter.done(error);
    if (this.#waiting.length > 0 && this.#pass.length === 0) this.#begin();
  }
}

/** As an error that does not look like one to be tried again (ENOSPC). */
export function syncFailure(error: DiskError): DiskError {
  return { code: 'EIO', message: `fsync failed: ${error.message}` };
}
