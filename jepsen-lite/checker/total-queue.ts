import type { History, Operation } from './history.ts';
import { isDelivery } from './queue-index.ts';
import { Findings, type Verdict } from './verdict.ts';

/**
 * `lost`: acknowledged and never read. `duplicated`: more copies than attempts to send it. `unexpected`: read, but nobody sent it.
 * `aborted-read`: read, though its send certainly failed. `recovered` (told only): its send was unknown, and it was there.
 */
export type TotalQueueAnomaly = 'lost' | 'duplicated' | 'unexpected' | 'aborted-read' | 'recovered';

/**
 * `duplicates`: a send that does not say how many attempts it took is one attempt, and a copy too many is `'forbidden'`; or it may have taken any number, and a copy is only `'told'`
 * (then the unique key is all that marks it). Where all sends of a message say so, a copy too many is an error either way.
 */
export type TotalQueueOptions = { readonly duplicates: 'forbidden' | 'told' };

/** All that is known of one message by its unique key. */
type Message = {
  /** First acknowledged send, else first send of unknown outcome, else a failed one. */
  send: Operation | undefined;
  acknowledged: boolean;
  /** Requests of sends that did happen or may have. */
  attempts: number;
  /** One of them does not tell how many it took. */
  hidesAttempts: boolean;
  /** First read; further places where the message was found stand in `places`. */
  read: Operation | undefined;
  places: Set<string> | undefined;
  readings: number;
};

/**
 * Judges the messages of a whole run as one bag: what went in must come out, as often as it went in. Order is for other checkers. Reading
 * one place again is redelivery and only counted. Idea: `total-queue` of `jepsen.checker`.
 */
export function checkTotalQueue(history: History, options: TotalQueueOptions): Verdict<TotalQueueAnomaly> {
  const messages = new Map<string, Message>();
  let examined = 0;
  for (const operation of history.operations()) {
    if (operation.op === 'append') {
      examined += 1;
      addSend(messageOf(messages, String(operation.value)), operation);
    } else if (isDelivery(operation)) {
      examined += 1;
      addRead(messageOf(messages, String(operation.result)), operation);
    }
  }
  const findings = new Findings<TotalQueueAnomaly>();
  if (!history.drained) findings.doubt('the drain did not finish, so unread messages may still be there');
  for (const [value, message] of messages) judge(findings, value, message, history.drained, options);
  return findings.verdict('total-queue', examined);
}

function messageOf(messages: Map<string, Message>, value: string): Message {
  let message = messages.get(value);
  if (message === undefined) {
    message = {
      send: undefined,
      acknowledged: false,
      attempts: 0,
      hidesAttempts: false,
      read: undefined,
      places: undefined,
      readings: 0,
    };
    messages.set(value, message);
  }
  return message;
}

function addSend(message: Message, operation: Operation): void {
  const better = message.attempts === 0 ? operation.outcome !== 'fail' : operation.outcome === 'ok';
  if (message.send === undefined || (better && !message.acknowledged)) message.send = operation;
  if (operation.outcome === 'ok') message.acknowledged = true;
  if (operation.outcome === 'fail') return;
  message.attempts += operation.attempts ?? 1;
  if (operation.attempts === undefined) message.hidesAttempts = true;
}

function addRead(message: Message, operation: Operation): void {
  const first = message.read;
  message.readings += 1;
  if (first === undefined) {
    message.read = operation;
  } else if (first.key !== operation.key || first.offset !== operation.offset) {
    message.places ??= new Set([placeOf(first)]);
    message.places.add(placeOf(operation));
  }
}

function placeOf(operation: Operation): string {
  return `${operation.key}@${operation.offset}`;
}

function judge(
  findings: Findings<TotalQueueAnomaly>,
  value: string,
  message: Message,
  drained: boolean,
  options: TotalQueueOptions,
): void {
  const { send, read } = message;
  const copies = message.places?.size ?? (read === undefined ? 0 : 1);
  findings.count('attempted', send === undefined ? 0 : 1);
  findings.count('acknowledged', message.acknowledged ? 1 : 0);
  findings.count('read', read === undefined ? 0 : 1);
  findings.count('redelivered', message.readings - copies);
  if (read === undefined) {
    if (send !== undefined && message.acknowledged) judgeUnread(findings, value, send, drained);
    return;
  }
  const place = { key: read.key, values: [value], offset: read.offset, node: read.node };
  if (send === undefined) {
    findings.add('unexpected', read.callNs, `${value} was read, but no client sent it`, place);
  } else if (message.attempts === 0) {
    findings.add('aborted-read', read.callNs, `${value} was read, but its send had failed (${send.error})`, place);
  } else if (!message.acknowledged) {
    const told = `${value} was sent with an unknown outcome (${send.error}) and is there`;
    findings.add('recovered', read.callNs, told, { ...place, fatal: false });
  }
  if (copies > Math.max(1, message.attempts)) {
    const places = [...(message.places ?? [])].join(', ');
    const text = `${value} was sent ${message.attempts} time(s), but is at ${places}`;
    const fatal = options.duplicates === 'forbidden' || !message.hidesAttempts;
    findings.add('duplicated', read.callNs, text, { ...place, fatal });
  }
}

function judgeUnread(findings: Findings<TotalQueueAnomaly>, value: string, send: Operation, drained: boolean): void {
  const offset = typeof send.result === 'number' ? send.result : undefined;
  const text = `${value} was acknowledged, but ${drained ? 'never read' : 'not read yet'}`;
  const place = { key: send.key, values: [value], offset, node: send.node, fatal: drained };
  findings.add('lost', send.returnNs ?? send.callNs, text, place);
}
