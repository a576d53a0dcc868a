/** One entry of a replica's log. `crc` covers all its bytes as they stand on that replica's disk, read anew and not from its header. */
export type ReplicaEntry = {
  readonly index: number;
  readonly term: number;
  readonly position: number;
  readonly byteLength: number;
  readonly crc: number;
  /** The messages in it that queues show, in their order in the entry. Empty for no-ops, config changes and internal records. */
  readonly messages: readonly ReplicaMessage[];
};

/** A message's place: queue `key`, its offset there, and the bytes of its record. */
export type ReplicaMessage = {
  readonly key: string;
  readonly offset: number;
  readonly position: number;
  readonly byteLength: number;
};

/** A ConsumeQueue: `units[i]` names the record of the message at offset `firstOffset + i`. */
export type ReplicaQueue = {
  readonly key: string;
  readonly firstOffset: number;
  readonly units: readonly { readonly position: number; readonly byteLength: number }[];
};

/** What one replica holds after the faults ended. `entries` rise by index; those before retention's edge may be missing. */
export type ReplicaState = {
  readonly node: string;
  readonly timeNs: number;
  readonly commitIndex: number;
  readonly entries: readonly ReplicaEntry[];
  readonly queues: readonly ReplicaQueue[];
};

/**
 * What happened on a node during the run. `start`: the process began (it may have forgotten its commit index, but not its term and
 * vote, unless its `hardStateLost`: a disk that was set back or replaced, or a hard state that was spoiled). `term`: it entered a term. `vote`: it granted its vote. `leader`: it began to lead. `commit`: its commit index, with the term of
 * the entry there if known.
 */
export type ReplicaEvent =
  | { readonly kind: 'start'; readonly node: string; readonly hardStateLost: boolean; readonly timeNs: number }
  | { readonly kind: 'term' | 'leader'; readonly node: string; readonly term: number; readonly timeNs: number }
  | {
      readonly kind: 'vote';
      readonly node: string;
      readonly term: number;
      readonly candidate: string;
      readonly timeNs: number;
    }
  | {
      readonly kind: 'commit';
      readonly node: string;
      readonly index: number;
      readonly entryTerm: number | undefined;
      readonly timeNs: number;
    };
