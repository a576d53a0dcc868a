import { findLayout } from '../../../cluster/launch/layouts.ts';
import { ignoredKeys } from '../../../src/broker/config/ignored-keys.ts';
import { type KeySpec, parseValue } from '../../../src/broker/config/key-spec.ts';
import { type KnownKey, knownKeys } from '../../../src/broker/config/known-keys.ts';
import type { Fault } from '../../fault/schedule.ts';
import { aimProblem, faultProblem, sameEndsProblem, valueProblem } from '../../live/chaos/fault-problem.ts';
import { isMadeBy, liveFaults } from '../../live/chaos/live-faults.ts';
import { liveModeNamed } from '../../live/chaos/live-modes.ts';
import { networkFaults } from '../../live/chaos/network-faults.ts';
import { diskFaults, livePlatformFaults } from '../../live/chaos/platform-faults.ts';
import { liveProcessFaults, processFaults } from '../../live/chaos/process-faults.ts';
import { liveRotFaults } from '../../live/chaos/rot-faults.ts';
import { liveGroupFaults } from '../../live/chaos/transfer.ts';
import { shownMs } from '../measure/pace.ts';
import { mostAway } from './members-away.ts';
import { isOwnedKey } from './owned-keys.ts';
import { membersOf, type OwnTarget, type Plan, type StockTarget } from './plan.ts';
import { commandProblem } from './running-commands.ts';
import { twinProblem } from './twin-members.ts';

/** Why a plan that is well formed cannot be played, in one sentence; undefined if it can. */
export function planProblem(plan: Plan): string | undefined {
  return (
    strangerProblem(plan) ?? meansProblem(plan) ?? unclearProblem(plan) ?? quorumProblem(plan) ?? timeProblem(plan)
  );
}

function strangerProblem({ phases, target }: Plan): string | undefined {
  const names: readonly string[] = membersOf(target);
  for (const { target: whom, other, kind } of phases.flatMap(({ faults }) => faults)) {
    for (const name of [whom, other ?? 'leader']) {
      if (/^n\d+$/.test(name) && !names.includes(name))
        return `the fault ${kind} means ${name}, but the members are ${names.join(', ')}`;
    }
  }
  return undefined;
}

/** Kinds that need brokers that were built for drills. */
const OURS_ONLY = faultNames(livePlatformFaults, liveRotFaults, liveGroupFaults, liveProcessFaults).filter(
  (name) => !faultNames(processFaults, diskFaults).includes(name),
);

function faultNames(...lists: readonly (readonly { readonly name: string }[])[]): string[] {
  return lists.flat().map(({ name }) => name);
}

function meansProblem({ phases, target }: Plan): string | undefined {
  const faults = phases.flatMap((phase) => phase.faults);
  if (target.kind === 'running') return twinProblem(target) ?? commandProblem(faults, target);
  return (
    sizeProblem(target) ??
    keyProblem(target) ??
    (target.kind === 'ledgermq' ? modeProblem(faults, target) : stockProblem(faults, target))
  );
}

function unclearProblem({ phases, target }: Plan): string | undefined {
  for (const fault of phases.flatMap(({ faults }) => faults)) {
    const made = liveFaults.find(({ name }) => name === fault.kind);
    if (made === undefined) continue;
    // Each member of a running group has commands of its own, so that all can be hit.
    const problem =
      target.kind === 'running'
        ? (aimProblem(made, fault) ?? valueProblem(made, fault))
        : (faultProblem(made, fault) ?? sameEndsProblem(made, fault));
    if (problem !== undefined) return `the fault ${problem}`;
  }
  return undefined;
}

function sizeProblem({ mode, nodes }: OwnTarget | StockTarget): string | undefined {
  const { count = nodes } = findLayout(liveModeNamed(mode).conf) ?? {};
  return nodes === count ? undefined : `target.nodes: mode ${mode} has ${count} brokers, not ${nodes}`;
}

/** A broker starts without a key that it does not know, and a drill would measure another configuration than the plan says. Which keys RocketMQ's versions know, only they know. */
function keyProblem(target: OwnTarget | StockTarget): string | undefined {
  const owned = Object.keys(target.brokerKeys).find(isOwnedKey);
  if (owned !== undefined)
    return `target.brokerKeys.${owned}: the drill gives this key to each of its brokers itself; leave it out`;
  if (target.kind === 'rocketmq') return undefined;
  for (const [key, value] of Object.entries(target.brokerKeys)) {
    if (ignoredKeys.has(key)) continue;
    if (!Object.hasOwn(knownKeys, key))
      return `target.brokerKeys.${key}: the broker has no such key; mqbroker -p prints those that it has`;
    const spec: KeySpec = knownKeys[key as KnownKey];
    const read = parseValue(spec, value);
    if ('must' in read) return `target.brokerKeys.${key}: "${value}" must ${read.must}`;
  }
  return undefined;
}

function stockProblem(faults: readonly Fault[], { mode }: StockTarget): string | undefined {
  const kind = faults.find((fault) => OURS_ONLY.includes(fault.kind))?.kind;
  if (kind !== undefined)
    return `the fault ${kind} cannot be made on RocketMQ's own brokers; ${faultNames(processFaults, networkFaults, diskFaults).join(', ')} can`;
  const cut = faults.find((fault) => faultNames(networkFaults).includes(fault.kind))?.kind;
  return cut === undefined || mode === 'dledger'
    ? undefined
    : `the fault ${cut} cannot be made on RocketMQ's brokers in mode ${mode}, which tell each other where they are, past the proxies`;
}

function modeProblem(faults: readonly Fault[], { mode, cuts }: OwnTarget): string | undefined {
  const { kinds } = liveModeNamed(mode);
  const shaped = faults.find(({ kind }) => !isMadeBy(cuts, kind))?.kind;
  if (shaped !== undefined) return `target.cuts: only proxies make the fault ${shaped}, not ${cuts}`;
  const strange = faults.find(({ kind }) => !kinds.includes(kind))?.kind;
  return strange === undefined ? undefined : `mode ${mode} does not promise to survive the fault ${strange}`;
}

function quorumProblem(plan: Plan): string | undefined {
  const members = membersOf(plan.target).length;
  const away = mostAway(plan);
  if (plan.allowQuorumLoss || away <= Math.floor((members - 1) / 2)) return undefined;
  return `the faults may take ${away} of ${members} members away at the same time, which leaves no majority; let fewer overlap, or allow it with allowQuorumLoss: true or --allow-quorum-loss`;
}

function timeProblem({ expect, recoverMs, abort, load }: Plan): string | undefined {
  const { rtoMs } = expect;
  if (rtoMs === undefined) return undefined;
  const shown = shownMs(load);
  if (rtoMs < shown)
    return `expect.rtoMs: ${rtoMs} cannot be seen to hold, because no outage below ${shown} ms shows under load.rate ${load.rate}; make one of them larger`;
  if (rtoMs > recoverMs)
    return `expect.rtoMs: ${rtoMs} is never reached, because recoverMs is ${recoverMs}; make that longer`;
  return rtoMs > abort.stallMs
    ? `expect.rtoMs: ${rtoMs} is never reached, because abort.stallMs stops the drill after ${abort.stallMs}; make that longer`
    : undefined;
}
