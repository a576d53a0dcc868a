import type { Operation } from './history.ts';
import type { Model } from './model.ts';

/** `'unknown'`: the search was given up after its budget of steps. `longest`: the longest order that was possible, for the report. */
export type SearchResult = { readonly linearizable: true | false | 'unknown'; readonly longest: readonly Operation[] };

/** A call or a return in a doubly linked list by time. */
type Entry = {
  readonly operation: Operation;
  readonly index: number;
  /** The return of this call; undefined = this is a return, or a call that never returned. */
  matching: Entry | undefined;
  readonly isCall: boolean;
  readonly previousAlike: number;
  before: Entry | undefined;
  after: Entry | undefined;
};

/** `forced`: it changed nothing, so that if no order continues with it now, none continues at all. */
type Taken<State> = { readonly entry: Entry; readonly state: State; readonly forced: boolean };

/**
 * Searches an order of the operations that the model accepts and that keeps real time: depth first, one list of calls and returns out of
 * which operations are lifted and put back, configurations that failed once are remembered (Wing & Gong 1993; Lowe 2017, as in
 * Porcupine). Operations that never returned may be taken at any time or never. Equal times count as concurrent.
 */
export function searchLinearization<State>(
  model: Model<State>,
  operations: readonly Operation[],
  maxSteps: number,
): SearchResult {
  const head = buildList(model, operations);
  const seen = new Configurations<State>(operations.length);
  const stack: Taken<State>[] = [];
  let longest: Operation[] = [];
  let state = model.initial;
  let open = operations.filter((operation) => operation.returnNs !== undefined).length;
  let entry = head.after;
  for (let steps = 0; open > 0; steps += 1) {
    if (steps >= maxSteps) return { linearizable: 'unknown', longest };
    const next = entry?.isCall && seen.isFree(entry.previousAlike) ? model.step(state, entry.operation) : undefined;
    const forced = next !== undefined && changesNothing(entry!.operation);
    if (entry !== undefined && next !== undefined && seen.enter(entry.index, next.state)) {
      stack.push({ entry, state, forced });
      state = next.state;
      if (entry.operation.returnNs !== undefined) open -= 1;
      lift(entry);
      entry = head.after;
    } else if (entry?.isCall && !forced) {
      entry = entry.after;
    } else {
      // A return whose call is not taken yet, the end, or a forced step that failed before: no order continues from here.
      if (stack.length > longest.length) longest = stack.map((taken) => taken.entry.operation);
      let last = stack.pop();
      while (last !== undefined) {
        state = last.state;
        if (last.entry.operation.returnNs !== undefined) open += 1;
        seen.leave(last.entry.index);
        putBack(last.entry);
        entry = last.entry.after;
        if (!last.forced) break;
        last = stack.pop();
      }
      if (last === undefined) return { linearizable: false, longest };
    }
  }
  return { linearizable: true, longest };
}

/** An answered question can go first in every order that has it: where it is possible, nothing else need be tried. */
function changesNothing({ op, returnNs }: Operation): boolean {
  return (op === 'read' || op === 'max') && returnNs !== undefined;
}

/** Makes the list and answers a head that stands before its first entry. Calls of a time stand before returns of the same time. */
function buildList<State>(model: Model<State>, operations: readonly Operation[]): Entry {
  const entries: { timeNs: number; entry: Entry }[] = [];
  const alike = new Map<string, number>();
  // Numbered by call, so that what is taken is a full prefix and a short rest.
  const byCall = [...operations].sort((a, b) => a.callNs - b.callNs);
  for (const [index, operation] of byCall.entries()) {
    const sort = operation.returnNs === undefined ? model.classOf(operation) : undefined;
    const previousAlike = sort === undefined ? -1 : (alike.get(sort) ?? -1);
    if (sort !== undefined) alike.set(sort, index);
    const links = { operation, index, matching: undefined, before: undefined, after: undefined };
    const call: Entry = { ...links, isCall: true, previousAlike };
    entries.push({ timeNs: operation.callNs, entry: call });
    if (operation.returnNs === undefined) continue;
    call.matching = { ...links, isCall: false, previousAlike: -1 };
    entries.push({ timeNs: operation.returnNs, entry: call.matching });
  }
  entries.sort((a, b) => a.timeNs - b.timeNs || Number(b.entry.isCall) - Number(a.entry.isCall));
  const head = { index: -1, isCall: true, previousAlike: -1 } as Entry;
  let last = head;
  for (const { entry } of entries) {
    last.after = entry;
    entry.before = last;
    last = entry;
  }
  return head;
}

function unlink(entry: Entry): void {
  entry.before!.after = entry.after;
  if (entry.after !== undefined) entry.after.before = entry.before;
}

function relink(entry: Entry): void {
  entry.before!.after = entry;
  if (entry.after !== undefined) entry.after.before = entry;
}

function lift(call: Entry): void {
  unlink(call);
  if (call.matching !== undefined) unlink(call.matching);
}

/** Exactly the reverse of `lift`, in the reverse order. */
function putBack(call: Entry): void {
  if (call.matching !== undefined) relink(call.matching);
  relink(call);
}

/** What was entered: the words of the bit set from the first that is not full to the last that is not empty, and the state. */
type Configuration<State> = { readonly first: number; readonly words: Uint32Array; readonly state: State };

const fullWord = 0xffffffff;

/** The set of operations taken now, and all pairs of such a set and a state that were entered before. */
class Configurations<State> {
  readonly #taken: Uint32Array;
  readonly #entered = new Map<number, Configuration<State>[]>();
  #hash = 0;
  /** Words below are full; words from `#end` on are empty. */
  #first = 0;
  #end = 0;

  constructor(size: number) {
    this.#taken = new Uint32Array((size + 31) >> 5);
  }

  /** Whether nothing forbids to take an operation whose forerunner of the same class is `index`; -1 = it has none. */
  isFree(index: number): boolean {
    return index === -1 || (this.#taken[index >> 5]! & (1 << (index & 31))) !== 0;
  }

  /** Takes the operation, unless the configuration that this makes was entered before. */
  enter(index: number, state: State): boolean {
    this.#flip(index);
    let known = this.#entered.get(this.#hash);
    if (known === undefined) {
      known = [];
      this.#entered.set(this.#hash, known);
    } else if (known.some((other) => this.#isAt(other, state))) {
      this.#flip(index);
      return false;
    }
    known.push({ first: this.#first, words: this.#taken.slice(this.#first, this.#end), state });
    return true;
  }

  leave(index: number): void {
    this.#flip(index);
  }

  #flip(index: number): void {
    const word = index >> 5;
    this.#taken[word] = this.#taken[word]! ^ (1 << (index & 31));
    this.#hash ^= scramble(index);
    this.#first = Math.min(this.#first, word);
    this.#end = Math.max(this.#end, word + 1);
    while (this.#taken[this.#first] === fullWord) this.#first += 1;
    while (this.#end > this.#first && this.#taken[this.#end - 1] === 0) this.#end -= 1;
  }

  #isAt({ first, words, state }: Configuration<State>, wanted: State): boolean {
    if (state !== wanted || first !== this.#first || words.length !== this.#end - this.#first) return false;
    return words.every((word, at) => word === this.#taken[first + at]);
  }
}

/** Spreads an index over 32 bits (the finalizer of MurmurHash3), so that sets of indexes hash to the XOR of their members. */
function scramble(index: number): number {
  let hash = index + 1;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
