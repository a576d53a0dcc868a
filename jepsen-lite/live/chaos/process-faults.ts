import type { Hurtable, Victim } from './hurtable.ts';
import { type LiveFault, NAME_SERVERS } from './live-fault.ts';

/** A member that is told to stop has handed over and left by then, or is killed. */
const GRACE_MS = 10_000;

/** `amount` names one of the orders in which up to nine members can be taken. */
const ORDERS = { least: 0, most: 362_879 } as const;

const kill: LiveFault<Hurtable> = {
  name: 'kill',
  by: 'SIGKILL, and a start',
  modes: [],
  apply(live, { target, forMs }) {
    const members = live.targetsUp(target);
    for (const member of members) restart(live, member, forMs, () => live.kill(member));
    return members.length > 0;
  },
};

const stop: LiveFault<Hurtable> = {
  name: 'stop',
  by: 'SIGTERM, and a start',
  modes: [],
  apply(live, { target, forMs }) {
    const members = live.targetsUp(target);
    for (const member of members) restart(live, member, forMs, () => live.stop(member, GRACE_MS));
    return members.length > 0;
  },
};

const pause: LiveFault<Hurtable> = {
  name: 'pause',
  by: 'SIGSTOP and SIGCONT',
  modes: [],
  lasts: true,
  apply(live, { target, forMs }) {
    const members = live.targetsUp(target);
    for (const member of members) {
      live.act(() => live.strike(() => live.pause(member)));
      live.later(forMs, () => live.resume(member));
    }
    return members.length > 0;
  },
};

const blackout: LiveFault<Hurtable> = {
  name: 'blackout',
  by: 'SIGKILL for all at once, and a start of one after another',
  // What a drawn one says for the simulator; here it is SIGKILL in any case.
  modes: ['kill', 'power'],
  amounts: ORDERS,
  onlyTarget: 'all',
  apply(live, { forMs, amount = 0 }) {
    const order = rotated(
      live.members.filter(({ state }) => state === 'up'),
      amount,
    );
    for (const [turn, member] of order.entries()) {
      restart(live, member, Math.floor((forMs * (turn + 1)) / order.length), () => live.kill(member));
    }
    return order.length > 0;
  },
};

const rolling: LiveFault<Hurtable> = {
  name: 'rolling',
  by: 'SIGTERM and a start, one member after another',
  modes: [],
  amounts: ORDERS,
  onlyTarget: 'all',
  oneByOne: true,
  apply(live, { forMs, amount = 0 }, mayHit) {
    const order = rotated(live.members, amount);
    const eachMs = forMs / order.length;
    // Whoever must not be stopped ends the roll; whoever is down already is passed over.
    const take = (turn: number): boolean => {
      const member = order[turn];
      if (member === undefined) return false;
      if (member.state === 'up') {
        if (!mayHit(member.name)) return false;
        restart(live, member, 0, () => live.stop(member, GRACE_MS));
      }
      live.later(eachMs, () => void take(turn + 1));
      return true;
    };
    return take(0);
  },
};

const wipe: LiveFault = {
  name: 'wipe',
  by: 'SIGKILL, all files removed, and a start',
  modes: [],
  hitsOne: true,
  apply(live, { target, forMs }) {
    const [member] = live.targetsUp(target).filter((each) => live.mayHurt(each));
    if (member === undefined || !live.hasFounded(member)) return false;
    live.hurts.hurt(member.name, member.starts);
    restart(live, member, forMs, async () => {
      await live.kill(member);
      live.wipe(member);
    });
    return true;
  },
};

const nameServer: LiveFault = {
  name: 'name-server',
  by: 'SIGKILL, and a start',
  modes: [],
  amounts: NAME_SERVERS,
  besideMembers: true,
  onlyTarget: 'all',
  apply(live, { forMs, amount }) {
    // `amount`: so many, from the first on; all, where it is missing.
    const meant = live.group.nameServers.slice(0, amount).filter((name) => live.group.process(name) !== undefined);
    for (const name of meant) {
      live.act(async () => {
        await live.strike(() => live.group.kill(name));
        live.later(forMs, () => live.startNameServer(name));
      });
    }
    return meant.length > 0;
  },
};

const loseDerived: LiveFault = {
  name: 'lose-derived',
  by: 'SIGKILL, consume queues or index removed, and a start',
  hitsOne: true,
  modes: ['consumequeue', 'index', 'consumequeue index'],
  apply(live, { target, forMs, mode = 'consumequeue' }) {
    const [member] = live.targetsUp(target);
    if (member === undefined) return false;
    restart(live, member, forMs, async () => {
      await live.kill(member);
      for (const folder of mode.split(' ')) live.removeDerived(member, folder);
    });
    return true;
  },
};

/** Those that need no more than processes that can be ended, halted and started. */
export const processFaults: readonly LiveFault<Hurtable>[] = [kill, stop, pause, blackout, rolling];

export const liveProcessFaults: readonly LiveFault[] = [...processFaults, wipe, nameServer, loseDerived];

/** Ends a member in some way, and starts it again `forMs` later. */
export function restart<Member extends Victim>(
  live: Hurtable<Member>,
  member: Member,
  forMs: number,
  end: () => Promise<void>,
): void {
  live.act(async () => {
    const startMs = performance.now() + forMs;
    await live.strike(end);
    if (!live.healed) live.later(Math.max(0, startMs - performance.now()), () => live.start(member));
  });
}

/** One of the orders of a list. */
function rotated<Item>(list: readonly Item[], amount: number): Item[] {
  const items = [...list];
  const result: Item[] = [];
  for (let left = amount; items.length > 0; left = Math.floor(left / (items.length + 1))) {
    result.push(items.splice(left % items.length, 1)[0] as Item);
  }
  return result;
}
