import { defaulted, flag, list, object, text, whole } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';

/** One member of a group, as the member that answers sees it. */
const raftMember = object({
  id: text,
  /** `host:port` of its peer port; '' where it is not known. */
  address: defaulted(text, ''),
  /** leader, voter or learner. */
  role: text,
  connected: flag,
  /** It may lack entries that it acknowledged. */
  inDoubt: flag,
  /** How the leader sends to it: probe, replicate, behind (it needs a snapshot); '' of itself, and where a follower answers. */
  state: defaulted(text, ''),
  /** Last entry known to be there, and fsynced there; what it lacks. */
  match: whole,
  synced: whole,
  lag: whole,
});

/** How a group is: the answer to LEDGERMQ_GET_RAFT_GROUP. */
export const raftGroup = defineBody(
  'LedgerMQRaftGroup',
  object({
    groupName: text,
    groupId: defaulted(text, ''),
    /** Who answers. */
    self: text,
    /** '' if it knows none. */
    leader: defaulted(text, ''),
    term: whole,
    commitIndex: whole,
    appliedIndex: whole,
    lastIndex: whole,
    /** Entry that brought the present set of members; 0: the configuration. */
    membersIndex: whole,
    /**
     * The last election that is known to have been held while fewer than a majority were free of doubt (raft/SAFETY.md 2): acknowledged messages may be lost. Term, who was elected, wall time in ms; 0
     * and '' if who answers knows of none since its start.
     */
    doubtElectionTerm: defaulted(whole, 0),
    doubtElected: defaulted(text, ''),
    doubtElectionMs: defaulted(whole, 0),
    members: list(raftMember),
  }),
);

export type RaftGroup = BodyOf<typeof raftGroup>;
