import type { Message } from '../../raft/index.ts';
import type { ReplicaEvent } from '../checker/replica-state.ts';
import type { Invariant } from './invariant.ts';
import type { NodeWatch } from './node-watch.ts';

/** No invariant, but a witness: keeps who led, voted and committed when, for the replica checker to judge at the end. */
export class ReplicaEvents implements Invariant {
  readonly name = 'replica-events';
  readonly events: ReplicaEvent[] = [];
  readonly #nowNs: () => number;

  constructor(nowNs: () => number) {
    this.#nowNs = nowNs;
  }

  opened({ name: node, machine: { hardStateLost } }: NodeWatch): undefined {
    this.events.push({ kind: 'start', node, hardStateLost, timeNs: this.#nowNs() });
  }

  leads({ name: node }: NodeWatch, term: number): undefined {
    this.events.push({ kind: 'leader', node, term, timeNs: this.#nowNs() });
  }

  committed({ name: node }: NodeWatch, index: number, entryTerm: number): undefined {
    this.events.push({ kind: 'commit', node, index, entryTerm, timeNs: this.#nowNs() });
  }

  commitFell({ name: node, commit: index }: NodeWatch): undefined {
    this.events.push({ kind: 'commit', node, index, entryTerm: undefined, timeNs: this.#nowNs() });
  }

  sent({ name: node }: NodeWatch, message: Message): undefined {
    const { type, term } = message;
    const asks = type === 'vote' || type === 'doubt-vote';
    const grants = (type === 'vote-reply' || type === 'doubt-vote-reply') && message.granted;
    if (!asks && !grants) return;
    this.events.push({ kind: 'vote', node, term, candidate: asks ? node : message.to, timeNs: this.#nowNs() });
  }
}
