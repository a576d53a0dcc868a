import { assert } from '../../../src/base/assert.ts';
import type { Ailments } from '../sick/ailments.ts';
import type { Hurtable, Victim } from './hurtable.ts';
import type { LiveFault } from './live-fault.ts';

const DISK = "the platform's disk layer inside the broker";

const slowDisk: LiveFault = {
  name: 'slow-disk',
  by: DISK,
  modes: [],
  amounts: { least: 1, most: 600_000 },
  lasts: true,
  hitsOne: true,
  apply(live, { target, forMs, amount = 50 }) {
    const [member] = live.targetsUp(target);
    if (member === undefined) return false;
    const part = { writeDelayMs: Math.ceil(amount / 10), syncDelayMs: amount, readDelayMs: Math.ceil(amount / 10) };
    live.later(forMs, live.ailing.add(member.name, part));
    return true;
  },
};

/** One whose members' disks can be made full. */
export interface DiskHolder<Member extends Victim = Victim> extends Hurtable<Member> {
  /** From now on the member's disk takes so many bytes more; the returned function ends that. */
  fillDisk(member: Member, freeBytes: number): Promise<() => Promise<void>>;
}

const diskFull: LiveFault<DiskHolder> = {
  name: 'disk-full',
  by: `a tmpfs for each member's store, where file systems may be mounted; else a quota of zero in ${DISK}`,
  modes: [],
  amounts: { least: 0, most: 2 ** 40 },
  lasts: true,
  apply(live, { target, forMs, amount = 0 }) {
    const members = live.targetsUp(target);
    for (const member of members) {
      live.act(async () => {
        const end = await live.strike(() => live.fillDisk(member, amount));
        if (live.healed) await end();
        else live.later(forMs, end);
      });
    }
    return members.length > 0;
  },
};

/** Those that need no more than disks that can be full. */
export const diskFaults: readonly LiveFault<DiskHolder>[] = [diskFull];

/** By then it has happened, if it does at all. */
const STRUCK_MS = 800;

/** What fails once, by the first word of the mode. */
const FAILING: Readonly<Record<string, Partial<Ailments>>> = {
  sync: { failingSyncs: 1 },
  write: { failingWrites: 1 },
  read: { failingReads: 1 },
};

const diskError: LiveFault = {
  name: 'disk-error',
  by: `one EIO from ${DISK}`,
  modes: Object.keys(FAILING),
  pathBehindMode: true,
  hitsOne: true,
  apply(live, { target, mode = 'sync' }) {
    const [member] = live.targetsUp(target).filter((each) => live.mayHurt(each));
    if (member === undefined) return false;
    live.hurts.hurt(member.name, member.starts);
    member.excuses.add('disk-error');
    const [operation = ''] = mode.split(' ');
    const part = FAILING[operation];
    assert(part !== undefined, 'schedules name modes that there are');
    const end = live.ailing.add(member.name, part);
    member.endBeforeStart.add(end);
    live.later(STRUCK_MS, end);
    return true;
  },
};

const YEAR_MS = 365 * 24 * 3_600_000;

const clockJump: LiveFault = {
  name: 'clock-jump',
  by: "an offset in the platform's clock inside the broker",
  modes: ['once', 'strobe'],
  amounts: { least: -YEAR_MS, most: YEAR_MS },
  needsAmount: true,
  lasts: true,
  apply(live, { target, forMs, amount = 0, mode }) {
    const turns = mode === 'strobe' ? 10 : 1;
    const members = live.targetsUp(target);
    for (const { name } of members) {
      for (let turn = 0; turn < turns; turn++) {
        live.later((forMs * turn) / turns, () => {
          return live.strike(() => live.later(forMs / turns / 2, live.ailing.add(name, { clockOffsetMs: amount })));
        });
      }
    }
    return members.length > 0;
  },
};

export const livePlatformFaults: readonly LiveFault[] = [slowDisk, ...diskFaults, diskError, clockJump];
