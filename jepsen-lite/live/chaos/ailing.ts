import type { Ailments } from '../sick/ailments.ts';
import type { Ward } from '../sick/ward.ts';

/** What ails each member, put together of faults that overlap: each fault adds a part, and takes it away again. */
export class Ailing {
  readonly #ward: Pick<Ward, 'tell'>;
  readonly #parts = new Map<string, Set<Partial<Ailments>>>();

  constructor(ward: Pick<Ward, 'tell'>) {
    this.#ward = ward;
  }

  /** From now on this too ails the member; the returned function ends it. */
  add(name: string, part: Partial<Ailments>): () => void {
    const parts = this.#parts.get(name) ?? new Set();
    this.#parts.set(name, parts.add(part));
    this.#tell(name);
    return () => {
      if (parts.delete(part)) this.#tell(name);
    };
  }

  healAll(): void {
    for (const parts of this.#parts.values()) parts.clear();
  }

  #tell(name: string): void {
    let all: Partial<Ailments> = {};
    for (const part of this.#parts.get(name) ?? []) all = { ...all, ...part };
    this.#ward.tell(name, all);
  }
}
