import { History } from '../../../jepsen-lite/checker/history.ts';

/**
 * A history from lines that can be read aloud: client, op, key, what is asked, `call..return`, outcome, answer or error, and notes:
 *
 *     1 append q a 0..10 ok 0            2 append q b 5..9 info timeout      1 append q c 0..9 fail code-14
 *     3 read q @0 20..30 ok a            3 read q @5 20..30 ok null          1 max q 0..5 ok 3
 *     1 write r x 0..5 ok                1 read r 6..7 ok x                  1 cas r x>y 8..9 ok true
 *     4 assign q 50                      drained
 *
 * `on NODE` names the node, `group N` a poll or batch, `in N` a transaction, `tries N` the attempts that a send tells of. Return `-` = never.
 */
export function scriptedHistory(script: string): History {
  const history = new History();
  for (const line of script.split('\n').map((text) => text.trim())) {
    if (line === '') continue;
    if (line === 'drained') history.drained = true;
    else addLine(history, line);
  }
  return history;
}

function addLine(history: History, line: string): void {
  const words = line.split(/\s+/);
  const note = (name: string) => words.splice(words.indexOf(name, 3) >>> 0, 2)[1];
  const node = note('on') ?? '';
  const group = note('group');
  const transaction = note('in');
  const attempts = note('tries');
  const client = Number(words.shift());
  const op = words.shift()!;
  const key = words.shift()!;
  if (op === 'assign') {
    history.assigned(client, key, Number(words[0]));
    return;
  }
  const asked = words[0]!.includes('..') ? undefined : words.shift()!;
  const [callText, returnText] = words.shift()!.split('..') as [string, string];
  const id = invoke(history, client, op, key, asked, Number(callText), node);
  const [outcome, answer = ''] = words;
  if (outcome === 'ok') history.ok(id, Number(returnText), parseAnswer(op, answer));
  else if (outcome === 'fail') history.fail(id, Number(returnText), answer);
  else if (returnText !== '-') history.info(id, Number(returnText), answer);
  if (group !== undefined) history.setGroup(id, Number(group));
  if (attempts !== undefined) history.setAttempts(id, Number(attempts));
  if (transaction !== undefined) history.setTransaction(id, Number(transaction));
}

function invoke(
  history: History,
  client: number,
  op: string,
  key: string,
  asked: string | undefined,
  callNs: number,
  node: string,
): number {
  if (asked?.startsWith('@')) return history.invokeRead(client, key, Number(asked.slice(1)), callNs, node);
  if (op === 'cas') {
    const [expected, value] = asked!.split('>') as [string, string];
    return history.invokeCas(client, key, expected === 'null' ? null : expected, value, callNs, node);
  }
  return history.invoke(client, op as 'append' | 'max' | 'write' | 'read', key, asked, callNs, node);
}

function parseAnswer(op: string, answer: string): string | number | boolean | null | undefined {
  if (answer === '') return undefined;
  if (answer === 'null') return null;
  if (op === 'append' || op === 'max') return Number(answer);
  return op === 'cas' ? answer === 'true' : answer;
}
