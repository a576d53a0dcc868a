import { History, type Operation } from './history.ts';

/** What became of an acknowledged operation: as it was told, at a later time (ns), or nobody knows (the reason); a read may be left out, and who read may go on from anywhere. */
export type Restated = 'as-told' | 'left-out' | { readonly atNs: number } | { readonly unknown: string };

/** A copy of a history in which acknowledged operations end otherwise than clients were told, where that is what their answer promised. */
export function restateHistory(history: History, restate: (operation: Operation) => Restated): History {
  const copy = new History();
  copy.drained = history.drained;
  for (const operation of history.operations()) {
    const { outcome, endNs, error, result, group, attempts, transaction, process } = operation;
    const consumers = history.consumerGroupOf(process);
    if (consumers !== undefined) copy.consumes(process, consumers);
    const restated = outcome === 'ok' ? restate(operation) : 'as-told';
    if (restated === 'left-out') {
      copy.assigned(process, operation.key, operation.callNs);
      continue;
    }
    const id = begin(copy, operation);
    if (group !== 0) copy.setGroup(id, group);
    if (attempts !== undefined) copy.setAttempts(id, attempts);
    if (transaction !== 0) copy.setTransaction(id, transaction);
    if (endNs === undefined) continue;
    if (outcome === 'fail') copy.fail(id, endNs, error);
    else if (outcome === 'info') copy.info(id, endNs, error);
    else if (restated === 'as-told') copy.ok(id, endNs, result);
    else if ('atNs' in restated) copy.ok(id, Math.max(endNs, restated.atNs), result);
    else copy.info(id, endNs, restated.unknown);
  }
  return copy;
}

function begin(copy: History, { op, process, key, offset, expected, value, callNs, node }: Operation): number {
  if (op === 'read' && offset !== undefined) return copy.invokeRead(process, key, offset, callNs, node);
  if (op === 'cas') return copy.invokeCas(process, key, expected ?? null, value ?? null, callNs, node);
  return copy.invoke(process, op, key, value, callNs, node);
}
