import type { Linked } from './hurtable.ts';
import { type LiveFault, NAME_SERVERS } from './live-fault.ts';
import { CLIENTS_PARTY } from './parties.ts';

const BY = 'the TCP proxies between the processes';
const CUT_BY = `${BY}, or network namespaces`;

const isolate: LiveFault<Linked> = {
  name: 'isolate',
  by: CUT_BY,
  hitsOne: true,
  lasts: true,
  modes: ['peers', 'all'],
  apply(live, { target, forMs, mode }) {
    const [member] = live.targetsUp(target);
    if (member === undefined) return false;
    const others = live.members.map(({ name }) => name).filter((name) => name !== member.name);
    if (mode === 'all') others.push(...live.nameServerParties, CLIENTS_PARTY);
    for (const other of others) cutFor(live, forMs, [member.name, other], [other, member.name]);
    return true;
  },
};

const cut: LiveFault<Linked> = {
  name: 'cut',
  by: CUT_BY,
  hitsOne: true,
  lasts: true,
  modes: ['both', 'out', 'in'],
  needsOther: true,
  apply(live, { target, other = 'follower', forMs, mode }) {
    const [member] = live.targetsUp(target);
    const [peer] = live.targetsUp(other);
    if (member === undefined || peer === undefined || member === peer) return false;
    if (mode !== 'in') cutFor(live, forMs, [member.name, peer.name]);
    if (mode !== 'out') cutFor(live, forMs, [peer.name, member.name]);
    return true;
  },
};

const deaf: LiveFault<Linked> = {
  name: 'deaf',
  by: CUT_BY,
  hitsOne: true,
  lasts: true,
  modes: ['out', 'in'],
  apply(live, { target, forMs, mode }) {
    const [member] = live.targetsUp(target);
    if (member === undefined) return false;
    for (const { name } of live.members) {
      if (name !== member.name) cutFor(live, forMs, mode === 'out' ? [member.name, name] : [name, member.name]);
    }
    return true;
  },
};

const hide: LiveFault<Linked> = {
  name: 'hide',
  by: CUT_BY,
  hitsOne: true,
  lasts: true,
  modes: ['ns', 'clients'],
  amounts: NAME_SERVERS,
  apply(live, { target, forMs, mode, amount }) {
    const [member] = live.targetsUp(target);
    if (member === undefined) return false;
    // `amount`: of so many name servers, from the first on; of all, where it is missing.
    const others = mode === 'ns' ? live.nameServerParties.slice(0, amount) : [CLIENTS_PARTY];
    for (const other of others) cutFor(live, forMs, [member.name, other], [other, member.name]);
    return true;
  },
};

const reset: LiveFault<Linked> = {
  name: 'reset',
  by: BY,
  modes: [],
  amounts: { least: 1, most: 1_000 },
  hitsOne: true,
  needsOther: true,
  apply(live, { target, other = 'follower', forMs, amount = 1 }) {
    const [member] = live.targetsUp(target);
    const [peer] = live.targetsUp(other);
    if (member === undefined || peer === undefined || member === peer) return false;
    for (let count = 0; count < amount; count++) {
      live.later((forMs * count) / amount, () => {
        return live.strike(() => live.links.reset(member.name, peer.name));
      });
    }
    return true;
  },
};

/** Share of chunks that are lost while a link is slow. */
const LOSS = 0.02;

const slowLink: LiveFault<Linked> = {
  name: 'slow-link',
  by: `${BY}, with delays and loss`,
  modes: [],
  amounts: { least: 0, most: 600_000 },
  hitsOne: true,
  lasts: true,
  apply(live, { target, forMs, amount = 20 }) {
    const [member] = live.targetsUp(target);
    if (member === undefined) return false;
    const quality = { delayMs: amount / 10, jitterMs: amount, lossRatio: LOSS };
    for (const { name } of live.members) {
      if (name === member.name) continue;
      for (const [from, to] of [
        [name, member.name],
        [member.name, name],
      ] as const) {
        live.links.setQuality(from, to, quality);
        live.later(forMs, () => live.links.setQuality(from, to));
      }
    }
    return true;
  },
};

/** Kinds that cut ways between parties, and do no more. */
export const cutFaults: readonly LiveFault<Linked>[] = [isolate, cut, deaf, hide];

export const networkFaults: readonly LiveFault<Linked>[] = [...cutFaults, reset, slowLink];

function cutFor(live: Linked, forMs: number, ...ways: readonly (readonly [string, string])[]): void {
  for (const [from, to] of ways) {
    live.links.cut(from, to);
    live.later(forMs, () => live.links.heal(from, to));
  }
}
