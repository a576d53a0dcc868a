import type { RaftStatus } from '../status-source.ts';
import { counter, gauge, type MetricFamily } from './exposition.ts';

const ROLES = ['follower', 'pre-candidate', 'candidate', 'leader'] as const;

/** A member's part in its Raft group. */
export function raftMetrics(raft: RaftStatus): MetricFamily[] {
  const { elections } = raft;
  const perPeer = (pick: (peer: RaftStatus['peers'][number]) => number) =>
    raft.peers.map((peer) => ({ labels: { peer: peer.id }, value: pick(peer) }));
  const leads = raft.role === 'leader';
  return [
    gauge('ledgermq_raft_term', 'Current term.', raft.term),
    gauge(
      'ledgermq_raft_role',
      '1 for the role that the member has.',
      ROLES.map((role) => ({ labels: { role }, value: Number(role === raft.role) })),
    ),
    gauge('ledgermq_raft_leader_known', '1 while the member knows a leader.', Number(raft.leader !== undefined)),
    gauge('ledgermq_raft_leader_ready', '1 while the member leads and serves.', Number(leads && raft.ready)),
    gauge('ledgermq_raft_in_doubt', '1 while the member neither votes nor counts.', Number(raft.inDoubt)),
    gauge('ledgermq_raft_disk_full', '1 while the log cannot be written for lack of space.', Number(raft.diskFull)),
    gauge('ledgermq_raft_unwell', '1 while its disk is slow or its log damaged.', Number(raft.unwell)),
    gauge('ledgermq_raft_persist_age_seconds', 'Age of the log write in flight.', raft.persistAgeMs / 1_000),
    gauge('ledgermq_raft_damaged_places', 'Places of the log that cannot be read now.', raft.logCare.damagedPlaces),
    counter('ledgermq_raft_repaired_entries_total', 'Entries repaired from peers.', raft.logCare.repairedEntries),
    gauge('ledgermq_raft_scrub_position_bytes', 'Where the check of old entries stands.', raft.logCare.scrub.position),
    gauge('ledgermq_raft_scrub_limit_bytes', 'Up to where it reads.', raft.logCare.scrub.limit),
    counter('ledgermq_raft_scrub_passes_total', 'Finished checks of all old entries.', raft.logCare.scrub.passes),
    counter('ledgermq_raft_scrub_found_total', 'Damaged places that they found.', raft.logCare.scrub.found),
    gauge('ledgermq_raft_incarnation', 'Number of this start of the member.', raft.incarnation),
    gauge('ledgermq_raft_commit_index', 'Last entry known to be committed.', raft.commitIndex),
    gauge('ledgermq_raft_applied_index', 'Last entry applied.', raft.appliedIndex),
    gauge('ledgermq_raft_last_index', 'Last entry of the log.', raft.lastIndex),
    gauge('ledgermq_raft_written_index', 'Last entry handed to the operating system.', raft.writtenIndex),
    gauge(
      'ledgermq_raft_synced_index',
      'Last entry that a persist fsynced before it was acknowledged.',
      raft.syncedIndex,
    ),
    gauge('ledgermq_raft_snapshot_index', 'Last entry in the newest snapshot.', raft.snapshotIndex),
    gauge('ledgermq_raft_pending_forwards', 'Requests handed to the leader, without answer yet.', raft.pendingForwards),
    gauge(
      'ledgermq_raft_peer_connected',
      '1 while there is a connection to the peer.',
      perPeer(({ connected }) => Number(connected)),
    ),
    gauge(
      'ledgermq_raft_peer_in_doubt',
      '1 while the peer neither votes nor counts.',
      perPeer(({ inDoubt }) => Number(inDoubt)),
    ),
    gauge(
      'ledgermq_raft_peer_lag_entries',
      'Entries that the peer lacks; the leader knows.',
      leads ? perPeer(({ lag }) => lag) : [],
    ),
    counter('ledgermq_raft_elections_total', 'Elections by how they ended for this member.', [
      { labels: { result: 'stood' }, value: elections.stood },
      { labels: { result: 'won' }, value: elections.won },
    ]),
    counter(
      'ledgermq_raft_elections_in_doubt_total',
      'Elections that the member won or voted in while fewer than a majority were free of doubt: acknowledged messages may be lost.',
      elections.inDoubt,
    ),
    counter('ledgermq_raft_leader_changes_total', 'How often a new leader became known.', elections.leaders),
  ];
}
