import {
  buildDependencies,
  type Dependency,
  type DependencyKind,
  nameOf,
  type Transaction,
} from './dependency-graph.ts';
import type { History } from './history.ts';
import { createGraph, findCycle, strongComponents } from './strong-components.ts';
import { Findings, type Verdict } from './verdict.ts';

/**
 * `G0`: a cycle of writes. `G1c`: a cycle of writes and reads. `G-single`: a cycle with exactly one read of a state that another
 * transaction had already replaced. `G1a`: a message of a rolled-back transaction was read. `hidden-commit`: a committed one never was.
 */
export type CycleAnomaly = 'G0' | 'G1c' | 'G-single' | 'G1a' | 'hidden-commit';

type Found = { readonly anomaly: 'G0' | 'G1c' | 'G-single'; readonly cycle: readonly Dependency[] };

/**
 * Judges transactions by their dependencies, which queue offsets make visible: ww between neighbours in a queue, wr from a message to its
 * reader, rw from who saw a queue end to who wrote next. The anomalies of Adya 1999 by the way of Elle (Kingsbury & Alvaro 2020); linear
 * in the number of operations while there is no cycle. Each operation outside a transaction, and each poll, is one of its own.
 */
export function checkCycles(history: History): Verdict<CycleAnomaly> {
  const { transactions, dependencies, aborted, hidden } = buildDependencies(history.operationsByCall());
  const findings = new Findings<CycleAnomaly>();
  if (!history.drained) findings.doubt('the drain did not finish, so unread messages may still be there');
  for (const { read, write } of aborted) {
    const text = `${write.value} was read, but its transaction was rolled back`;
    const place = { key: read.key, offset: read.offset, node: read.node, values: [String(write.value)] };
    findings.add('G1a', read.callNs, text, place);
  }
  for (const write of hidden) {
    const text = `${write.value} was committed, but ${history.drained ? 'never' : 'not yet'} read`;
    const place = { key: write.key, node: write.node, values: [String(write.value)], fatal: history.drained };
    findings.add('hidden-commit', write.returnNs ?? write.callNs, text, place);
  }
  for (const { anomaly, cycle } of findCycles(transactions.length, dependencies)) {
    const [first] = cycle as [Dependency];
    const names = cycle.map(
      ({ from, kind, key, offset }) => `${nameOf(transactions[from]!)} -${kind} ${key}@${offset}->`,
    );
    const { callNs, node } = transactions[first.from]!.first;
    const text = `${names.join(' ')} ${nameOf(transactions[first.from]!)}`;
    findings.add(anomaly, callNs, text, {
      key: first.key,
      offset: first.offset,
      node,
      values: valuesOf(cycle, transactions),
    });
  }
  const examined = transactions.filter((transaction) => transaction.acknowledged).length;
  return findings.verdict('cycle', examined);
}

function valuesOf(cycle: readonly Dependency[], transactions: readonly Transaction[]): string[] {
  return cycle.flatMap(({ from }) => transactions[from]!.values);
}

/** One cycle for each strongly connected part, of the worst kind that it holds; for G-single one for each rw edge that closes one. */
function findCycles(size: number, dependencies: readonly Dependency[]): Found[] {
  const only = (...kinds: DependencyKind[]) => dependencies.filter(({ kind }) => kinds.includes(kind));
  const found: Found[] = [];
  const writes = createGraph(size, only('ww'));
  const inWrites = new Set<number>();
  for (const part of strongComponents(writes)) {
    for (const transaction of part) inWrites.add(transaction);
    found.push({ anomaly: 'G0', cycle: findCycle(writes, part)! });
  }
  const reads = createGraph(size, only('ww', 'wr'));
  const inReads = new Set<number>();
  for (const part of strongComponents(reads)) {
    for (const transaction of part) inReads.add(transaction);
    // A part that has a cycle of writes alone was told already.
    if (!part.some((transaction) => inWrites.has(transaction)))
      found.push({ anomaly: 'G1c', cycle: findCycle(reads, part)! });
  }
  const lookingBack = only('rw');
  for (const part of strongComponents(createGraph(size, dependencies))) {
    if (part.some((transaction) => inReads.has(transaction))) continue;
    const members = new Set(part);
    for (const edge of lookingBack) {
      if (!members.has(edge.from) || !members.has(edge.to)) continue;
      const back = findCycle(reads, part, edge);
      if (back !== undefined) found.push({ anomaly: 'G-single', cycle: back });
    }
  }
  return found;
}
