/** The members of one broker name: master (id 0) and the others (BrokerData.java). */
export interface BrokerGroup {
  readonly cluster: string;
  readonly brokerName: string;
  /** Address by broker id. */
  readonly addresses: Map<number, string>;
  enableActingMaster: boolean;
}

/** Which broker names exist, in which cluster, and at which addresses their members are. */
export class BrokerGroups {
  readonly #groups = new Map<string, BrokerGroup>();
  readonly #clusters = new Map<string, Set<string>>();

  get(brokerName: string): BrokerGroup | undefined {
    return this.#groups.get(brokerName);
  }

  all(): IterableIterator<BrokerGroup> {
    return this.#groups.values();
  }

  /** Broker names by cluster. */
  clusters(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#clusters;
  }

  /** The group of a name, made if it is new; its cluster is the one that was told first. */
  ensure(cluster: string, brokerName: string): BrokerGroup {
    let names = this.#clusters.get(cluster);
    if (names === undefined) {
      names = new Set();
      this.#clusters.set(cluster, names);
    }
    names.add(brokerName);
    let group = this.#groups.get(brokerName);
    if (group === undefined) {
      group = { cluster, brokerName, addresses: new Map(), enableActingMaster: false };
      this.#groups.set(brokerName, group);
    }
    return group;
  }

  /** Takes an address away from its group under whatever id; returns true if the group is gone with it. */
  removeAddress(brokerName: string, address: string): boolean {
    const group = this.#groups.get(brokerName);
    if (group === undefined) return false;
    for (const [id, known] of [...group.addresses]) {
      if (known === address) group.addresses.delete(id);
    }
    return this.removeIfEmpty(group);
  }

  /** Forgets a group that has no member (left), and a cluster that has no group; returns true if it did. */
  removeIfEmpty(group: BrokerGroup): boolean {
    if (group.addresses.size > 0) return false;
    this.#groups.delete(group.brokerName);
    for (const [cluster, names] of [...this.#clusters]) {
      names.delete(group.brokerName);
      if (names.size === 0) this.#clusters.delete(cluster);
    }
    return true;
  }

  /** The names of the groups that have this address as a member. */
  namesAt(address: string): string[] {
    const names: string[] = [];
    for (const group of this.#groups.values()) {
      for (const known of group.addresses.values()) {
        if (known !== address) continue;
        names.push(group.brokerName);
        break;
      }
    }
    return names;
  }
}
