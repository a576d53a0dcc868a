import type { LiveFault } from './live-fault.ts';

const DISK = "the platform's disk layer inside the broker";

const slowDisk: LiveFault = {
  name: 'slow-disk',
  by: DISK,
  apply(live, { target, forMs, amount = 50 }) {
    const [member] = live.targets(target);
    if (member === undefined) return false;
    const part = { writeDelayMs: Math.ceil(amount / 10), syncDelayMs: amount, readDelayMs: Math.ceil(amount / 10) };
    live.later(forMs, live.ailing.add(member.name, part));
    return true;
  },
};

/** What a full disk made fail may be told a moment later. */
const EXCUSED_MS = 2_000;

const diskFull: LiveFault = {
  name: 'disk-full',
  by: `a quota of zero in ${DISK}`,
  apply(live, { target, forMs }) {
    const members = live.targets(target);
    for (const member of members) {
      member.excuses.add('disk-full');
      live.later(forMs, live.ailing.add(member.name, { diskFull: true }));
      live.later(forMs + EXCUSED_MS, () => void member.excuses.delete('disk-full'));
    }
    return members.length > 0;
  },
};

/** By then it has happened, if it does at all. */
const STRUCK_MS = 800;

const diskError: LiveFault = {
  name: 'disk-error',
  by: `one EIO from ${DISK}`,
  apply(live, { target, mode = 'sync ' }) {
    const [member] = live.targets(target).filter(({ name, state }) => state === 'up' && live.hurts.mayHurt(name));
    if (member === undefined) return false;
    live.hurts.hurt(member.name, member.starts);
    member.excuses.add('disk-error');
    const [operation] = mode.split(' ');
    const part =
      operation === 'read' ? { failingReads: 1 } : operation === 'write' ? { failingWrites: 1 } : { failingSyncs: 1 };
    // A process that ends because of it must not find it again at its next start.
    live.later(STRUCK_MS, live.ailing.add(member.name, part));
    return true;
  },
};

const clockJump: LiveFault = {
  name: 'clock-jump',
  by: "an offset in the platform's clock inside the broker",
  apply(live, { target, forMs, amount = 0, mode }) {
    const turns = mode === 'strobe' ? 10 : 1;
    for (const { name } of live.targets(target)) {
      for (let turn = 0; turn < turns; turn++) {
        live.later((forMs * turn) / turns, () => {
          live.later(forMs / turns / 2, live.ailing.add(name, { clockOffsetMs: amount }));
        });
      }
    }
    return true;
  },
};

export const livePlatformFaults = [slowDisk, diskFull, diskError, clockJump];
