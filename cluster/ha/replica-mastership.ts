import type { Mastership } from '../../src/broker/mastership.ts';
import type { RequestContext } from '../../src/remoting/request-context.ts';
import type { Forwarder } from '../dledger/forwarder.ts';
import type { ReplicaNode } from './replica-node.ts';

/** Whom a Controller elected is the master, from the moment that everything in its log is confirmed and applied. */
export class ReplicaMastership implements Mastership {
  readonly standsIn = false;
  /** Made after this, from parts that need it. */
  readonly #node: () => ReplicaNode;
  readonly #forwarder: Forwarder;
  readonly #listeners: (() => void)[] = [];

  constructor(node: () => ReplicaNode, forwarder: Forwarder) {
    this.#node = node;
    this.#forwarder = forwarder;
  }

  get brokerId(): number {
    return this.serving ? 0 : this.#node().brokerId;
  }

  get serving(): boolean {
    return this.#node().serving;
  }

  get epoch(): number {
    return this.#node().masterEpoch;
  }

  forward(context: RequestContext): boolean {
    return this.#forwarder.forward(context);
  }

  confirm(done: (master: boolean) => void): void {
    this.#node().confirmMaster(done);
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  changed(): void {
    const { serving, masterAddress, masterEpoch } = this.#node();
    if (serving || masterAddress !== undefined) this.#forwarder.leaderKnown(masterEpoch);
    for (const listener of this.#listeners) listener();
  }
}
