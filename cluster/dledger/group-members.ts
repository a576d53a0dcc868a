import type { EntryBatch, MemberChange, MemberSet, MembersAt } from '../../raft/index.ts';
import type { Logger } from '../../src/platform/ports.ts';
import { formatAddress, parseAddress } from '../../src/remoting/address.ts';
import type { PeerAddress } from '../raft-storage/peers.ts';
import type { GroupSettings } from './group-settings.ts';
import { type NamedMember, type NamedSet, setsInBatch } from './member-sets.ts';

/**
 * Who belongs to the group and where they are (raft/SAFETY.md 8): the log rules who is a member; `dLegerPeers` counts for the first start and as
 * address book.
 */
export class GroupMembers {
  readonly #settings: GroupSettings;
  readonly #logger: Logger;
  /** As the log names them, the newest word on each. */
  readonly #addresses = new Map<string, string>();
  /** The set of the newest entry that is applied; undefined while the log says nothing. */
  #applied: NamedSet | undefined;
  #inForce: MemberSet | undefined;
  readonly #listeners: (() => void)[] = [];
  /** What is in the log at the start: the set of the snapshot, and those of the entries behind it. */
  readonly atStart: readonly MembersAt[];

  /**
   * `applied` is of the state, which may be ahead of the log: there it holds from `logStart` on, until an entry behind says something else. `later` are the
   * sets that entries behind `logStart` bring.
   */
  constructor(
    settings: GroupSettings,
    logger: Logger,
    applied: NamedSet | undefined,
    later: readonly NamedSet[],
    logStart: number,
  ) {
    this.#settings = settings;
    this.#logger = logger;
    this.#applied = applied;
    const first = applied === undefined ? [] : [{ ...applied, index: Math.min(applied.index, logStart) }];
    const known = [...first, ...later];
    this.atStart = known.map((set) => this.#learn(set));
    this.#inForce = this.atStart.at(-1);
    if (this.#inForce !== undefined) this.#compare(this.#inForce);
  }

  /** Told whenever other members have to be reached. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** The set that snapshots of the state as it is now hold. */
  get applied(): NamedSet | undefined {
    return this.#applied;
  }

  /** The sets that received entries bring; undefined where there are none. */
  setsIn(batch: EntryBatch): readonly MembersAt[] | undefined {
    const sets = setsInBatch(batch);
    return sets.length === 0 ? undefined : sets.map((set) => this.#learn(set));
  }

  /** Sets that entries of the log bring which could not be read before. */
  reread(sets: readonly NamedSet[]): readonly MembersAt[] {
    return sets.map((set) => this.#learn(set));
  }

  #learn({ index, voters, learners }: NamedSet): MembersAt {
    for (const { id, address } of [...voters, ...learners]) this.#addresses.set(id, address);
    const ids = (members: readonly NamedMember[]) => members.map(({ id }) => id);
    return { index, voters: ids(voters), learners: ids(learners) };
  }

  /** The entry that brings the set is committed and applied here. */
  apply(set: NamedSet): void {
    this.#learn(set);
    this.#applied = set;
    this.#changed();
  }

  /** Another set is in force, committed or not. */
  enforce(set: MemberSet): void {
    this.#inForce = set;
    this.#compare(set);
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** What the log and the configuration do not agree about. */
  #compare({ voters, learners }: MemberSet): void {
    const members = [...voters, ...learners];
    const configured = this.#settings.peers.map(({ id }) => id);
    const unknown = members.filter((id) => !configured.includes(id));
    const strangers = configured.filter((id) => !members.includes(id));
    if (unknown.length === 0 && strangers.length === 0) return;
    this.#logger.warn('dLegerPeers does not name the members that the log names; the log rules', {
      onlyInLog: unknown.join(' '),
      onlyInConfiguration: strangers.join(' '),
    });
  }

  /** `host:port` at which this member dials another; undefined for one that neither the configuration nor the log knows. */
  addressOf(id: string): string | undefined {
    const own = this.#settings.peers.find((peer) => peer.id === id);
    return own === undefined ? this.#addresses.get(id) : formatAddress(own);
  }

  /** All that have to be reached: the members in force, those of the set before while it may come back, and at the first start the configured ones. */
  peers(): PeerAddress[] {
    const before =
      this.#applied === undefined ? this.#settings.peers : [...this.#applied.voters, ...this.#applied.learners];
    const ids = new Set(before.map(({ id }) => id));
    for (const id of [...(this.#inForce?.voters ?? []), ...(this.#inForce?.learners ?? [])]) ids.add(id);
    ids.delete(this.#settings.self.id);
    const peers: PeerAddress[] = [];
    for (const id of ids) {
      const address = parseAddress(this.addressOf(id) ?? '');
      if (address !== undefined) peers.push({ id, ...address });
    }
    return peers;
  }

  /** All members in force; while the log says nothing, those of the configuration. */
  ids(): string[] {
    const { voters, learners } = this.#inForce ?? { voters: this.#settings.peers.map(({ id }) => id), learners: [] };
    return [...voters, ...learners];
  }

  /** Body of the entry that brings `set` (raft/FORMATS.md 6). */
  bodyOf(set: MemberSet, change: MemberChange): Omit<NamedSet, 'index'> {
    const named = (id: string): NamedMember => {
      const given = change.kind === 'add-learner' && change.id === id ? change.address : undefined;
      return { id, address: given ?? this.#addresses.get(id) ?? this.addressOf(id) ?? '' };
    };
    return { voters: set.voters.map(named), learners: set.learners.map(named) };
  }
}
