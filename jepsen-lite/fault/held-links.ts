import type { SimFabric } from '../sim/sim-network.ts';
import type { Server } from './fault-world.ts';

/** Links that are cut or refuse until they are released together. */
export class HeldLinks {
  readonly #fabric: SimFabric;
  #releases: (() => void)[] = [];

  constructor(fabric: SimFabric) {
    this.#fabric = fabric;
  }

  /** Nothing comes from these to those. */
  cut(from: readonly string[], to: readonly string[]): void {
    this.#each(from, to, (one, other) => {
      this.#fabric.cut(one, other);
      return () => this.#fabric.heal(one, other);
    });
  }

  /** Connections between these and those break, and are refused. */
  refuse(these: readonly string[], those: readonly string[]): void {
    this.#each(these, those, (one, other) => {
      this.#fabric.refuse(one, other);
      return () => this.#fabric.admit(one, other);
    });
  }

  /** Parts these servers from all others, silently. */
  part(side: readonly Server[], all: readonly Server[]): void {
    const [inside, outside] = [namesOf(side), namesOf(all.filter((server) => !side.includes(server)))];
    this.cut(inside, outside);
    this.cut(outside, inside);
  }

  release(): void {
    for (const release of this.#releases) release();
    this.#releases = [];
  }

  #each(from: readonly string[], to: readonly string[], hold: (one: string, other: string) => () => void): void {
    for (const one of from) for (const other of to) this.#releases.push(hold(one, other));
  }
}

export function namesOf(servers: readonly Server[]): string[] {
  return servers.map(({ name }) => name);
}
