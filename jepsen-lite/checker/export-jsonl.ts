import type { History, Operation } from './history.ts';

/** `withDetails` adds what the plain format lacks: node, group, transaction, end of unknown operations, errors, `assign` lines. */
export type ExportOptions = { readonly withDetails: boolean };

/**
 * The history as JSON lines without line ends, one operation a line, in the order of recording, for checkers that are not ours:
 * `{"client":3,"op":"append","key":"topicA/0","call":100,"return":140,"value":"v17","result":5,"ok":true}`. `return` is missing while an
 * operation is open or unknown, `ok` is true (acknowledged), false (certainly did not happen) or null (unknown); `offset` stands on the
 * `read` of a queue; the `value` of a `cas` is the pair [expected, new]. `result` stands on acknowledged operations that answer something.
 */
export function* exportJsonl(history: History, options: ExportOptions): Generator<string, void, void> {
  for (const operation of history.operations()) {
    if (operation.op === 'assign' && !options.withDetails) continue;
    const line = plainLine(operation);
    yield JSON.stringify(options.withDetails ? { ...line, ...details(operation) } : line);
  }
}

function plainLine(operation: Operation) {
  const { process, op, key, callNs, returnNs, value, expected, offset, result, outcome } = operation;
  // JSON leaves out what is undefined.
  return {
    client: process,
    op,
    key,
    offset,
    call: callNs,
    return: returnNs,
    value: op === 'cas' ? [expected, value] : value,
    result: outcome === 'ok' ? result : undefined,
    ok: outcome === 'info' ? null : outcome === 'ok',
  };
}

function details(operation: Operation) {
  const { node, group, transaction, endNs, returnNs, error } = operation;
  return {
    node: node === '' ? undefined : node,
    group: group === 0 ? undefined : group,
    transaction: transaction === 0 ? undefined : transaction,
    end: returnNs === undefined ? endNs : undefined,
    error: error === '' ? undefined : error,
  };
}
