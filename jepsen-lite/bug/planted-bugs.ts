import { ackBeforeCommit } from './ack-before-commit/bug.ts';
import { ackBeforePersist } from './ack-before-persist/bug.ts';
import { ackOutsideSet } from './ack-outside-set/bug.ts';
import { anybodySearches } from './anybody-searches/bug.ts';
import { appendedTwice } from './appended-twice/bug.ts';
import { batchInPieces } from './batch-in-pieces/bug.ts';
import { beginningWithoutQueues } from './beginning-without-queues/bug.ts';
import { beginsAtItsEnd } from './begins-at-its-end/bug.ts';
import { bodyDamaged } from './body-damaged/bug.ts';
import { changeBeforeCommit } from './change-before-commit/bug.ts';
import { confirmedByRole } from './confirmed-by-role/bug.ts';
import { cutNotDurable } from './cut-not-durable/bug.ts';
import { doubtCounted } from './doubt-counted/bug.ts';
import { doubtForgotten } from './doubt-forgotten/bug.ts';
import { doubtfulNodeVotes } from './doubtful-node-votes/bug.ts';
import { electsOutOfSync } from './elects-out-of-sync/bug.ts';
import { electsThoughOff } from './elects-though-off/bug.ts';
import { expansionLost } from './expansion-lost/bug.ts';
import { firstMessageSkipped } from './first-message-skipped/bug.ts';
import { followerAnswers22 } from './follower-answers-22/bug.ts';
import { forgottenVote } from './forgotten-vote/bug.ts';
import { fsyncErrorIgnored } from './fsync-error-ignored/bug.ts';
import { leavesWithoutHandingOver } from './leaves-without-handing-over/bug.ts';
import { longestLogWins } from './longest-log-wins/bug.ts';
import { matchKept } from './match-kept/bug.ts';
import { minorityDecides } from './minority-decides/bug.ts';
import { noTruncation } from './no-truncation/bug.ts';
import { offsetInMemory } from './offset-in-memory/bug.ts';
import { offsetRestartsAfterRetention } from './offset-restarts-after-retention/bug.ts';
import { offsetToldEarly } from './offset-told-early/bug.ts';
import { oldDiskAccepted } from './old-disk-accepted/bug.ts';
import { oldMasterNotFenced } from './old-master-not-fenced/bug.ts';
import { oldTermCounted } from './old-term-counted/bug.ts';
import { overlayKept } from './overlay-kept/bug.ts';
import type { PlantedBug } from './planted-bug.ts';
import { readWithoutRound } from './read-without-round/bug.ts';
import { readsPutOffQuorum } from './reads-put-off-quorum/bug.ts';
import { refusedThoughAppended } from './refused-though-appended/bug.ts';
import { removedBeforeDue } from './removed-before-due/bug.ts';
import { setBackAccepted } from './set-back-accepted/bug.ts';
import { shortWriteIgnored } from './short-write-ignored/bug.ts';
import { slowElections } from './slow-elections/bug.ts';
import { staleAckCounted } from './stale-ack-counted/bug.ts';
import { stalePersistCounted } from './stale-persist-counted/bug.ts';
import { topicForgotten } from './topic-forgotten/bug.ts';
import { truncationBelowCommit } from './truncation-below-commit/bug.ts';
import { uncleanNotTold } from './unclean-not-told/bug.ts';
import { uncommittedDispatched } from './uncommitted-dispatched/bug.ts';
import { unmatchedCommitted } from './unmatched-committed/bug.ts';
import { voteBeforeSave } from './vote-before-save/bug.ts';
import { voteNotFsynced } from './vote-not-fsynced/bug.ts';
import { voteNotSaved } from './vote-not-saved/bug.ts';
import { wipedNodeVotes } from './wiped-node-votes/bug.ts';

/** All planted bugs, by name. */
export const plantedBugs: readonly PlantedBug[] = [
  ackBeforeCommit,
  ackBeforePersist,
  ackOutsideSet,
  anybodySearches,
  appendedTwice,
  batchInPieces,
  beginningWithoutQueues,
  beginsAtItsEnd,
  bodyDamaged,
  changeBeforeCommit,
  confirmedByRole,
  cutNotDurable,
  doubtCounted,
  doubtForgotten,
  doubtfulNodeVotes,
  electsOutOfSync,
  electsThoughOff,
  expansionLost,
  firstMessageSkipped,
  followerAnswers22,
  forgottenVote,
  fsyncErrorIgnored,
  leavesWithoutHandingOver,
  longestLogWins,
  matchKept,
  minorityDecides,
  noTruncation,
  offsetInMemory,
  offsetRestartsAfterRetention,
  offsetToldEarly,
  oldDiskAccepted,
  oldMasterNotFenced,
  oldTermCounted,
  overlayKept,
  readWithoutRound,
  readsPutOffQuorum,
  refusedThoughAppended,
  removedBeforeDue,
  setBackAccepted,
  shortWriteIgnored,
  slowElections,
  staleAckCounted,
  stalePersistCounted,
  topicForgotten,
  truncationBelowCommit,
  uncleanNotTold,
  uncommittedDispatched,
  unmatchedCommitted,
  voteBeforeSave,
  voteNotFsynced,
  voteNotSaved,
  wipedNodeVotes,
];
