import type { History, Operation, Result } from './history.ts';

/** `withDetails` adds what the plain format lacks: node, group, consumer group, transaction, attempts, end of unknown operations, errors, `assign` lines. */
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
    const details = options.withDetails ? detailFields(operation, history.consumerGroupOf(operation.process)) : '';
    yield `${plainFields(operation)}${details}}`;
  }
}

/** Put together by hand, because a history has millions of lines: the whole object through `JSON.stringify` takes several times as long. */
function plainFields(operation: Operation): string {
  const { process, op, key, callNs, returnNs, value, expected, offset, result, outcome } = operation;
  const asked =
    op === 'cas' ? `,"value":[${JSON.stringify(expected)},${JSON.stringify(value)}]` : field('value', value);
  const answered = outcome === 'ok' ? field('result', result) : '';
  const times = `,"call":${callNs}${field('return', returnNs)}`;
  const ok = outcome === 'info' ? 'null' : String(outcome === 'ok');
  return `{"client":${process},"op":"${op}"${field('key', key)}${field('offset', offset)}${times}${asked}${answered},"ok":${ok}`;
}

function detailFields(
  { node, group, transaction, attempts, endNs, returnNs, error }: Operation,
  consumerGroup: string | undefined,
): string {
  return [
    node === '' ? '' : field('node', node),
    field('consumer', consumerGroup),
    group === 0 ? '' : field('group', group),
    transaction === 0 ? '' : field('transaction', transaction),
    field('attempts', attempts),
    returnNs === undefined ? field('end', endNs) : '',
    error === '' ? '' : field('error', error),
  ].join('');
}

function field(name: string, value: Result | undefined): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
}
