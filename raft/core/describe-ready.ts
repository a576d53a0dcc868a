import type { LogWrite, Ready, RoleReport } from './ready.ts';
import type { EntryBatch, MemberSet, Message, TermRun } from './types.ts';

/** One message as one line, for traces and tests: `n1->n2 append#4 term=2 prev=3@2 commit=3 entries=4..5@2`. `i@t` is index i of term t. */
export function describeMessage(message: Message): string {
  const { from, to, type, term } = message;
  return `${from}->${to} ${type}${numberOf(message)} term=${term}${fieldsOf(message)}`;
}

/** Sequence of an append or round of a heartbeat, and of their replies. */
function numberOf(message: Message): string {
  if ('sequence' in message) return `#${message.sequence}`;
  return 'round' in message ? `#${message.round}` : '';
}

function fieldsOf(message: Message): string {
  switch (message.type) {
    case 'pre-vote':
    case 'vote':
    case 'doubt-vote':
      return ` last=${message.lastIndex}@${message.lastTerm}${flag(message.transfer, 'transfer')}`;
    case 'pre-vote-reply':
    case 'vote-reply':
    case 'doubt-vote-reply': {
      const { granted, inDoubt, fresh } = message;
      return ` ${granted ? 'granted' : 'refused'}${flag(inDoubt, 'in-doubt')}${flag(fresh, 'fresh')}`;
    }
    case 'append': {
      const { prevIndex, prevTerm, commit, entries, syncFlush } = message;
      const batch = entries ? ` entries=${describeBatch(entries)}` : '';
      return ` prev=${prevIndex}@${prevTerm} commit=${commit}${batch}${flag(syncFlush, 'sync')}`;
    }
    case 'append-reply': {
      const { rejected, index, syncedIndex, hintIndex, hintTerm, inDoubt } = message;
      const verdict = rejected ? ` rejected=${index} hint=${hintIndex}@${hintTerm}` : ` index=${index}`;
      const synced = rejected || syncedIndex === index ? '' : ` synced=${syncedIndex}`;
      return `${verdict}${synced}${flag(inDoubt, 'in-doubt')}`;
    }
    case 'heartbeat':
      return ` commit=${message.commit}`;
    case 'heartbeat-reply':
      return flag(message.inDoubt, 'in-doubt');
    case 'doubt-end':
      return ` index=${message.index}`;
    case 'timeout-now':
      return '';
  }
}

function flag(set: boolean, name: string): string {
  return set ? ` ${name}` : '';
}

/** Entries as runs of equal terms: `4..5@2,6@3`. */
export function describeBatch(batch: Pick<EntryBatch, 'last' | 'runs'>): string {
  const { last, runs } = batch;
  return runs
    .map(({ first, term }, i) => {
      const end = (runs[i + 1] as TermRun | undefined)?.first ?? last + 1;
      return `${first}${end - 1 > first ? `..${end - 1}` : ''}@${term}`;
    })
    .join(',');
}

/** What a Ready asks for besides its messages, one line each, in the order of execution. */
export function describeReady(ready: Ready): string[] {
  const lines = ready.writes.map(describeWrite);
  if (ready.roleChange) lines.push(describeRole(ready.roleChange));
  if (ready.noopTerm > 0) lines.push(`no-op of term ${ready.noopTerm}`);
  if (ready.hardState) {
    const { term, vote, fresh } = ready.hardState;
    lines.push(`save term=${term} vote=${vote || '-'}${flag(fresh, 'fresh')}`);
  }
  if (ready.doubt !== undefined) lines.push(ready.doubt ? 'doubt begins' : 'doubt ends');
  if (ready.persist) lines.push(ready.sync ? 'persist with fsync' : 'persist');
  for (const { to, first } of ready.loads) lines.push(`load from ${first} for ${to}`);
  if (ready.readUpTo > 0) lines.push(`reads up to ${ready.readUpTo} may see index ${ready.readIndex}`);
  if (ready.transferEnded) {
    const { to, ok, reason } = ready.transferEnded;
    lines.push(`transfer to ${to} ${ok ? 'done' : 'failed'}: ${reason}`);
  }
  if (ready.members) lines.push(describeMembers(ready.members));
  return lines;
}

/** `voters n1 n2 n3, learners n4`. */
export function describeMembers({ voters, learners }: MemberSet): string {
  return `voters ${voters.join(' ')}${learners.length > 0 ? `, learners ${learners.join(' ')}` : ''}`;
}

function describeWrite(write: LogWrite): string {
  return write.kind === 'truncate' ? `cut from ${write.from}` : `append ${describeBatch(write.batch)}`;
}

function describeRole(report: RoleReport): string {
  const { role, term, leader, reason, votes, inDoubtElection } = report;
  const of = role === 'follower' ? ` of ${leader ?? 'nobody'}` : '';
  const by = role === 'leader' ? `, votes ${votes.join(' ')}${flag(inDoubtElection, '(doubt election)')}` : '';
  return `${role}${of}, term ${term} (${reason})${by}`;
}
