import { type History, type Operation, unknownKey } from './history.ts';
import { searchLinearization } from './linearizable-search.ts';
import { createLogModel, createRegisterModel, type Model } from './model.ts';
import { Findings, type Verdict } from './verdict.ts';

/** `not-linearizable`: no order of the operations on one key explains their answers. */
export type LinearizableAnomaly = 'not-linearizable';

/** `maxSteps` bounds the search of each key; a key that needs more makes the verdict unknown. */
export type LinearizableOptions = { readonly maxSteps: number };

/**
 * Judges registers (`write`, `read` without offset, `cas`): topic and group configuration, offset commits, the Controller's metadata. Each
 * key by itself, which is enough (locality: Herlihy & Wing 1990, theorem 1).
 */
export function checkLinearizableRegisters(
  history: History,
  options: LinearizableOptions,
): Verdict<LinearizableAnomaly> {
  const keys = new Map<string, Operation[]>();
  for (const operation of history.operations()) if (isOnRegister(operation)) addTo(keys, operation.key, operation);
  return judgeKeys('linearizable-register', keys, createRegisterModel, options);
}

/**
 * Judges queues (`append`, `read` with offset, `max`) with the full search: for reads of the maximum offset and for short histories, and
 * what `checkRealTimeOrder` is compared with. An append whose queue is unknown may have gone to any queue, or, once its message was read,
 * to the queues where it was.
 */
export function checkLinearizableLogs(history: History, options: LinearizableOptions): Verdict<LinearizableAnomaly> {
  const keys = new Map<string, Operation[]>();
  const homeless: Operation[] = [];
  const readIn = new Map<string, Set<string>>();
  for (const operation of history.operations()) {
    if (!isOnLog(operation)) continue;
    if (operation.key === unknownKey) homeless.push(operation);
    else addTo(keys, operation.key, operation);
    if (operation.op === 'read' && typeof operation.result === 'string') {
      const queues = readIn.get(operation.result) ?? new Set();
      readIn.set(operation.result, queues.add(operation.key));
    }
  }
  for (const operation of homeless) {
    const homes = readIn.get(String(operation.value));
    // It never has to be in any one queue: an open operation in each.
    const open = { ...operation, returnNs: undefined, result: undefined, outcome: 'info' } as const;
    for (const [key, list] of keys) if (homes?.has(key) ?? true) list.push(open);
  }
  return judgeKeys('linearizable-log', keys, createLogModel, options);
}

function addTo(keys: Map<string, Operation[]>, key: string, operation: Operation): void {
  const list = keys.get(key);
  if (list === undefined) keys.set(key, [operation]);
  else list.push(operation);
}

function isOnRegister({ op, offset, outcome }: Operation): boolean {
  return outcome !== 'fail' && (op === 'write' || op === 'cas' || (op === 'read' && offset === undefined));
}

function isOnLog({ op, offset, outcome }: Operation): boolean {
  return outcome !== 'fail' && (op === 'append' || op === 'max' || (op === 'read' && offset !== undefined));
}

function judgeKeys<State>(
  checker: string,
  keys: ReadonlyMap<string, readonly Operation[]>,
  createModel: () => Model<State>,
  options: LinearizableOptions,
): Verdict<LinearizableAnomaly> {
  const findings = new Findings<LinearizableAnomaly>();
  let examined = 0;
  for (const [key, operations] of keys) {
    const model = createModel();
    const prepared = model.prepare(operations);
    examined += prepared.filter((operation) => operation.outcome === 'ok').length;
    const unexplained = model.unexplained(prepared);
    if (unexplained !== undefined) {
      report(findings, key, unexplained, `nobody wrote what explains ${describe(unexplained)}`);
      continue;
    }
    const { linearizable, longest } = searchLinearization(model, prepared, options.maxSteps);
    if (linearizable === 'unknown')
      findings.doubt(`the search for ${key} was given up after ${options.maxSteps} steps`);
    if (linearizable !== false) continue;
    const stuck = firstLeftOut(prepared, longest);
    const text = `${longest.length} of ${prepared.length} operations can be ordered, but not ${describe(stuck)}`;
    report(findings, key, stuck, text);
  }
  return findings.verdict(checker, examined);
}

/** The operation that the longest possible order could not go beyond: the earliest to return of those left out. */
function firstLeftOut(operations: readonly Operation[], longest: readonly Operation[]): Operation {
  const taken = new Set(longest.map((operation) => operation.id));
  const left = operations.filter((operation) => operation.returnNs !== undefined && !taken.has(operation.id));
  return left.reduce((first, operation) => (operation.returnNs! < first.returnNs! ? operation : first));
}

function report(findings: Findings<LinearizableAnomaly>, key: string, of: Operation, text: string): void {
  const offset = of.offset ?? (of.op === 'append' ? (of.result as number | undefined) : undefined);
  const values = [of.value ?? of.result].filter((value) => value !== undefined).map(String);
  findings.add('not-linearizable', of.callNs, text, { key, offset, node: of.node, values });
}

function describe({ op, process, value, expected, offset, result }: Operation): string {
  const at = offset === undefined ? '' : ` at ${offset}`;
  const to = value === undefined ? '' : ` of ${value}`;
  const from = expected === undefined ? '' : ` over ${expected}`;
  const answer = result === undefined ? '' : ` that answered ${result}`;
  return `the ${op}${at}${to}${from} by client ${process}${answer}`;
}
