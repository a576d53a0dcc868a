import type { Fault, Target } from '../../fault/schedule.ts';
import { liveFaults } from '../../live/chaos/live-faults.ts';
import { countText } from './count-text.ts';
import { mostAway } from './members-away.ts';
import {
  type AbortPlan,
  lengthOf,
  type OwnTarget,
  type Plan,
  type RunningTarget,
  type StockTarget,
  type TargetPlan,
} from './plan.ts';
import { commandKeys, meantBy } from './running-commands.ts';

/** Who is there now, in words, and whom a target means now, by name. */
export interface Now {
  readonly text: string;
  readonly meant: (target: Target) => readonly string[];
}

/** What `--dry-run` prints: whom it would be done to, what happens when and by what means, and what has to hold. `now`: what is known of a group that runs. */
export function describePlan(plan: Plan, now?: Now): string {
  const { name, about, target, load, steady, abort, repeat, phases, recoverMs } = plan;
  return [
    `${name}: ${about}`,
    `target: ${targetText(target)}`,
    ...(now === undefined ? [] : [`now: ${now.text}`]),
    `load: ${load.rate} messages a second of ${load.bodyBytes} bytes, ${load.senders} senders, send timeout ${load.sendTimeoutMs} ms; one consumer`,
    `steady state: for ${steady.forMs} ms all members are well, at most ${steady.maxErrorShare * 100} % of the sends fail, p99 at most ${steady.maxP99Ms} ms, lag at most ${steady.maxLag} messages`,
    `trials: ${repeat}, each:`,
    ...phases.flatMap((phase) => [
      `  ${phase.name} (${lengthOf(phase)} ms, then ${phase.until === 'over' ? 'on' : `steady within ${phase.timeoutMs} ms`})`,
      ...(phase.note === undefined ? [] : [`    waits for people: ${phase.note}`]),
      ...phase.faults.map((fault) => `    ${faultText(fault, target, now)}`),
    ]),
    `  steady again within ${recoverMs} ms`,
    `away at the same time: at most ${countText(mostAway(plan), 'member')}`,
    `stops and rolls back: ${abortTexts(abort).join('; ')}`,
    `expects: ${expectTexts(plan).join('; ')}`,
  ].join('\n');
}

function abortTexts({ stallMs, maxLag, maxErrorShare, maxP99Ms }: AbortPlan): string[] {
  return [
    `when nothing is acknowledged for ${stallMs} ms`,
    `the consumer lags by more than ${maxLag} messages`,
    ...(maxErrorShare === undefined ? [] : [`more than ${maxErrorShare * 100} % of the sends of five seconds fail`]),
    ...(maxP99Ms === undefined ? [] : [`p99 of the sends of five seconds is above ${maxP99Ms} ms`]),
  ];
}

function targetText(target: TargetPlan): string {
  const keys =
    target.kind === 'running' ? [] : Object.entries(target.brokerKeys).map(([key, value]) => `${key}=${value}`);
  const inKernel = target.kind === 'ledgermq' && target.cuts === 'namespaces' ? ', in network namespaces' : '';
  const more = `${inKernel}${keys.length === 0 ? '' : `, with ${keys.join(' ')}`}`;
  if (target.kind === 'ledgermq') return `${groupText(target)} that the drill starts${more}`;
  if (target.kind === 'rocketmq')
    return `${groupText(target)} of Apache RocketMQ ${target.version} that the drill starts${more}`;
  return `the running group of ${target.nameServer}: ${target.members.map(({ name, address }) => `${name} ${address}`).join(', ')}`;
}

function groupText({ mode, nodes }: OwnTarget | StockTarget): string {
  return mode === 'dledger' ? `a DLedger group of ${nodes}` : `${nodes} brokers and a Controller`;
}

function faultText(fault: Fault, target: TargetPlan, now: Now | undefined): string {
  const { kind, atMs, forMs, target: whom, amount, mode } = fault;
  const { besideMembers, needsOther } = liveFaults.find(({ name }) => name === kind) ?? {};
  const victim = besideMembers ? '' : ` of ${whomText(whom, now)}`;
  const other = needsOther ? whomText(fault.other ?? 'follower', now) : fault.other;
  const more = Object.entries({ other, amount, mode }).filter(([, value]) => value !== undefined);
  const detail = more.map(([key, value]) => `, ${key} ${value}`).join('');
  const end = `${atMs + forMs}`.padStart(6);
  return `${`${atMs}`.padStart(6)} to ${end} ms  ${kind}${victim}${detail}, by ${meansOf(kind, whom, target, now)}`;
}

/** Roles are asked for at the moment of the fault. */
function whomText(whom: Target, now: Now | undefined): string {
  const names = now?.meant(whom) ?? [];
  if (now === undefined || names.join() === whom) return whom;
  return `${whom} (now ${names.join(' and ') || 'nobody'})`;
}

function meansOf(kind: string, whom: Target, target: TargetPlan, now: Now | undefined): string {
  if (target.kind === 'running') return commandsOf(kind, whom, target, now);
  return liveFaults.find(({ name }) => name === kind)?.by ?? 'nothing';
}

/** Of those who are meant now, or of all that may be meant. */
function commandsOf(kind: string, whom: Target, { members }: RunningTarget, now: Now | undefined): string {
  const keys = commandKeys(kind);
  if (keys === undefined) return 'nothing: no command of a plan makes it';
  const [first, last] = keys;
  const names = now?.meant(whom) ?? [];
  const isMeantNow = ({ name }: { readonly name: string }): boolean => names.length === 0 || names.includes(name);
  const meant = meantBy(whom, members).filter(isMeantNow);
  return meant.map((member) => `${member.name}: "${member[first] ?? ''}", then "${member[last] ?? ''}"`).join('; ');
}

function expectTexts({ expect }: Plan): string[] {
  const from = expect.rtoFrom === 'fault' ? 'the fault' : 'the end of the last fault';
  const limits = Object.entries(expect).filter(([key, value]) => key !== 'rtoFrom' && value !== undefined);
  return limits.map(([key, value]) => `${key} at most ${value}${key === 'rtoMs' ? ` from ${from}` : ''}`);
}
