import { judgeQueues } from './replica-queues.ts';
import type { ReplicaEntry, ReplicaEvent, ReplicaState } from './replica-state.ts';
import { Findings, type Verdict } from './verdict.ts';

/**
 * `log-mismatch`: two replicas hold different committed bytes. `missing-entry`: a hole below commit. `not-converged`: after healing, commit
 * indexes differ. `committed-changed`: an index was committed with two terms. `commit-regressed`, `term-regressed`: went back. `two-leaders`:
 * of one term. `double-vote`: two votes in one term. `queue-*`: a ConsumeQueue has a `gap` to, lacks (`missing`), invents (`extra`) or
 * misplaces (`mismatch`) what the committed log holds.
 */
export type ReplicaAnomaly =
  | 'log-mismatch'
  | 'missing-entry'
  | 'not-converged'
  | 'committed-changed'
  | 'commit-regressed'
  | 'term-regressed'
  | 'two-leaders'
  | 'double-vote'
  | 'queue-gap'
  | 'queue-missing'
  | 'queue-extra'
  | 'queue-mismatch';

/** `healed`: the faults are over and the group had time, so all replicas must have come to one commit index. */
export type ReplicaOptions = { readonly healed: boolean };

/**
 * Compares what the replicas hold, and follows terms, votes and commits through the run: election safety, one vote per term, state
 * machine safety (Ongaro 2014, figure 3.2 and section 3.8) and the byte-identical log of LedgerMQ. Events in the order of their time.
 */
export function checkReplicas(
  states: readonly ReplicaState[],
  events: readonly ReplicaEvent[],
  options: ReplicaOptions,
): Verdict<ReplicaAnomaly> {
  const findings = new Findings<ReplicaAnomaly>();
  if (states.length < 2) findings.doubt('fewer than two replicas were described, so nothing was compared');
  if (!options.healed) findings.doubt('the faults were not over, so replicas may still differ');
  if (options.healed) judgeConvergence(findings, states);
  for (const state of states) {
    judgeHoles(findings, state);
    judgeQueues(findings, state);
  }
  compareLogs(findings, states);
  followEvents(findings, events);
  const entries = states.reduce((sum, state) => sum + state.entries.length, 0);
  findings.count('replicas', states.length);
  return findings.verdict('replica', entries + events.length);
}

function judgeConvergence(findings: Findings<ReplicaAnomaly>, states: readonly ReplicaState[]): void {
  const furthest = states.reduce((most, { commitIndex }) => Math.max(most, commitIndex), 0);
  for (const { node, timeNs, commitIndex } of states) {
    if (commitIndex === furthest) continue;
    findings.add('not-converged', timeNs, `${node} has committed up to ${commitIndex}, another up to ${furthest}`, {
      node,
    });
  }
}

function judgeHoles(findings: Findings<ReplicaAnomaly>, state: ReplicaState): void {
  const { node, timeNs, commitIndex, entries } = state;
  let expected = entries[0]?.index ?? 1;
  for (const { index } of entries) {
    if (index !== expected) {
      findings.add('missing-entry', timeNs, `${node} has entry ${index} where ${expected} is due`, {
        node,
        offset: expected,
      });
    }
    expected = index + 1;
  }
  if (expected <= commitIndex) {
    const text = `${node} has committed up to ${commitIndex}, but its log ends before ${expected}`;
    findings.add('missing-entry', timeNs, text, { node, offset: expected });
  }
}

/** Compares each committed entry with the first replica that holds it. */
function compareLogs(findings: Findings<ReplicaAnomaly>, states: readonly ReplicaState[]): void {
  const known = new Map<number, { entry: ReplicaEntry; node: string }>();
  for (const { node, timeNs, commitIndex, entries } of states) {
    for (const entry of entries) {
      if (entry.index > commitIndex) break;
      findings.count('compared', 1);
      const other = known.get(entry.index);
      if (other === undefined) known.set(entry.index, { entry, node });
      const field = other && differingField(entry, other.entry);
      if (other === undefined || field === undefined) continue;
      const text = `entry ${entry.index} has ${field} ${entry[field]} on ${node}, but ${other.entry[field]} on ${other.node}`;
      findings.add('log-mismatch', timeNs, text, { node, offset: entry.index });
    }
  }
}

function differingField(a: ReplicaEntry, b: ReplicaEntry) {
  return (['term', 'position', 'byteLength', 'crc'] as const).find((field) => a[field] !== b[field]);
}

/** What is remembered of one node while its events go by. */
type NodeHistory = { term: number; commitIndex: number; readonly votes: Map<number, string> };

function followEvents(findings: Findings<ReplicaAnomaly>, events: readonly ReplicaEvent[]): void {
  const nodes = new Map<string, NodeHistory>();
  const leaders = new Map<number, string>();
  const committed = new Map<number, { term: number; node: string }>();
  for (const event of events) {
    const { node, timeNs } = event;
    const own = nodes.get(node) ?? { term: 0, commitIndex: 0, votes: new Map() };
    nodes.set(node, own);
    if (event.kind === 'start') {
      own.commitIndex = 0;
      if (event.hardStateLost) {
        own.term = 0;
        own.votes.clear();
      }
      continue;
    }
    if (event.kind === 'commit') {
      followCommit(findings, event, own, committed);
      continue;
    }
    if (event.term < own.term) {
      findings.add('term-regressed', timeNs, `${node} was in term ${own.term} and then in ${event.term}`, { node });
    }
    own.term = Math.max(own.term, event.term);
    if (event.kind === 'leader') {
      const other = leaders.get(event.term) ?? node;
      leaders.set(event.term, other);
      if (other !== node) {
        findings.add('two-leaders', timeNs, `${node} leads term ${event.term}, which ${other} led`, { node });
      }
    } else if (event.kind === 'vote') {
      const other = own.votes.get(event.term) ?? event.candidate;
      own.votes.set(event.term, other);
      if (other !== event.candidate) {
        const text = `${node} voted for ${other} and for ${event.candidate} in term ${event.term}`;
        findings.add('double-vote', timeNs, text, { node });
      }
    }
  }
}

function followCommit(
  findings: Findings<ReplicaAnomaly>,
  event: Extract<ReplicaEvent, { kind: 'commit' }>,
  own: NodeHistory,
  committed: Map<number, { term: number; node: string }>,
): void {
  const { node, timeNs, index, entryTerm } = event;
  if (index < own.commitIndex) {
    const text = `${node} had committed up to ${own.commitIndex} and then up to ${index}`;
    findings.add('commit-regressed', timeNs, text, { node, offset: index });
  }
  own.commitIndex = Math.max(own.commitIndex, index);
  if (entryTerm === undefined) return;
  const other = committed.get(index) ?? { term: entryTerm, node };
  committed.set(index, other);
  if (other.term !== entryTerm) {
    const text = `entry ${index} was committed with term ${other.term} on ${other.node}, but ${entryTerm} on ${node}`;
    findings.add('committed-changed', timeNs, text, { node, offset: index });
  }
}
