import { describe, expect, test, vi } from 'vitest';
import type { Fault, Target } from '../../../../jepsen-lite/fault/schedule.ts';
import { FaultPlayer } from '../../../../jepsen-lite/live/chaos/fault-player.ts';
import { Hurtable, type Victim } from '../../../../jepsen-lite/live/chaos/hurtable.ts';
import type { LiveFault } from '../../../../jepsen-lite/live/chaos/live-fault.ts';
import { networkFaults } from '../../../../jepsen-lite/live/chaos/network-faults.ts';
import { livePlatformFaults } from '../../../../jepsen-lite/live/chaos/platform-faults.ts';
import { processFaults } from '../../../../jepsen-lite/live/chaos/process-faults.ts';

const STOP_MS = 40;

/** Three members that say what is done to them; the first that is up leads. */
class PaperGroup extends Hurtable {
  readonly members: readonly Victim[] = ['n0', 'n1', 'n2'].map((name) => ({ name, state: 'up' }));
  readonly told: string[] = [];
  leader(): Victim | undefined {
    return this.members.find(({ state }) => state === 'up');
  }
  kill(member: Victim): Promise<void> {
    return Promise.resolve(this.#set(member, 'kill', 'down'));
  }
  async stop(member: Victim): Promise<void> {
    this.#set(member, 'stop', 'down');
    await new Promise((resolve) => setTimeout(resolve, STOP_MS));
  }
  start(member: Victim): void {
    this.#set(member, 'start', 'up');
  }
  pause(member: Victim): void {
    this.#set(member, 'pause', 'paused');
  }
  resume(member: Victim): void {
    this.#set(member, 'resume', 'up');
  }
  /** As a group whose links and disks can be hurt. */
  readonly links = { cut: this.#hurts('cut'), heal() {}, setQuality: this.#hurts('slow'), reset: this.#hurts('reset') };
  readonly ailing = { add: (name: string) => this.#hurts('ail')(name) };
  readonly nameServerParties = ['ns'];
  fillDisk(member: Victim): Promise<() => Promise<void>> {
    this.#hurts('fill')(member.name);
    return Promise.resolve(() => Promise.resolve());
  }
  heal(): Promise<void> {
    return this.endFaults();
  }
  protected failed(error: Error): void {
    this.told.push(error.message);
  }

  #hurts(what: string): (...names: unknown[]) => () => void {
    return (...names) => {
      this.told.push([what, ...names.filter((name) => typeof name === 'string')].join(' '));
      return () => {};
    };
  }

  #set(member: Victim, what: string, state: Victim['state']): void {
    member.state = state;
    this.told.push(`${what} ${member.name}`);
  }
}

async function played(
  run: (player: FaultPlayer<PaperGroup>, group: PaperGroup) => Promise<void>,
  faults: readonly LiveFault<PaperGroup>[] = processFaults,
): Promise<PaperGroup> {
  vi.useFakeTimers();
  try {
    const group = new PaperGroup();
    await run(new FaultPlayer<PaperGroup>(group, faults, () => {}), group);
    return group;
  } finally {
    vi.useRealTimers();
  }
}

test('faults of one moment mean those whom they would hit alone', async () => {
  const group = await played(async (player) => {
    player.play([
      { kind: 'pause', target: 'leader', atMs: 10, forMs: 100 },
      { kind: 'kill', target: 'follower', atMs: 10, forMs: 50 },
    ]);
    await vi.advanceTimersByTimeAsync(500);
    expect(player.made.map(({ fault, members }) => [fault.kind, members])).toEqual([
      ['pause', ['n0']],
      ['kill', ['n1']],
    ]);
  });
  expect(group.told).toEqual(['pause n0', 'kill n1', 'start n1', 'resume n0']);
});

test('a later fault means whom it would hit then', async () => {
  const group = await played(async (player) => {
    player.play([
      { kind: 'kill', target: 'leader', atMs: 0, forMs: 1_000 },
      { kind: 'pause', target: 'leader', atMs: 200, forMs: 100 },
    ]);
    await vi.advanceTimersByTimeAsync(2_000);
  });
  expect(group.told).toEqual(['kill n0', 'pause n1', 'resume n1', 'start n0']);
});

test('a fault that a guard refuses is not made, and why is told', async () => {
  const group = await played(async (player, live) => {
    const guard = (fault: { readonly kind: string }, members: readonly string[]) =>
      live.members.some(({ state }) => state !== 'up') ? `${fault.kind} of ${members.join()} must not be` : undefined;
    player.play(
      [
        { kind: 'kill', target: 'n0', atMs: 0, forMs: 1_000 },
        { kind: 'kill', target: 'n1', atMs: 500, forMs: 10 },
      ],
      guard,
    );
    await vi.advanceTimersByTimeAsync(2_000);
    expect([player.refused, player.skipped]).toEqual(['kill of n1 must not be', { kill: 1 }]);
  });
  expect(group.told).toEqual(['kill n0', 'start n0']);
});

test('of a rolling fault the guard is asked for each member when its turn has come, and the first refusal ends it', async () => {
  const group = await played(async (player, live) => {
    const guard = (fault: { readonly kind: string }, members: readonly string[]) =>
      live.members.some(({ name, state }) => state !== 'up' && !members.includes(name))
        ? `${fault.kind} of ${members.join()} must not be`
        : undefined;
    player.play(
      [
        { kind: 'rolling', target: 'all', atMs: 0, forMs: 3_000 },
        { kind: 'kill', target: 'n2', atMs: 500, forMs: 1_000 },
        { kind: 'kill', target: 'n0', atMs: 4_000, forMs: 2_000 },
        { kind: 'rolling', target: 'all', atMs: 5_000, forMs: 300, amount: 1 },
      ],
      guard,
    );
    await vi.advanceTimersByTimeAsync(3_500);
    expect(player.refused).toBe('rolling of n1 must not be');
    await vi.advanceTimersByTimeAsync(3_500);
    expect([player.injected, player.skipped]).toEqual([{ rolling: 1, kill: 2 }, { rolling: 1 }]);
  });
  expect(group.told).toEqual(['stop n0', 'start n0', 'kill n2', 'start n2', 'kill n0', 'start n0']);
});

test('of a fault it is told whom it struck and when, of one that goes from member to member as their turns come', async () => {
  await played(async (player) => {
    const startMs = performance.now();
    const hits = (at: number) => player.made[at]?.hits.map(({ member, atMs }) => [member, atMs - startMs]);
    player.play([
      { kind: 'blackout', target: 'all', atMs: 10, forMs: 30 },
      { kind: 'rolling', target: 'all', atMs: 1_000, forMs: 3_000 },
    ]);
    await vi.advanceTimersByTimeAsync(2_500);
    expect(player.made.map(({ members }) => members)).toEqual(Array(2).fill(['n0', 'n1', 'n2']));
    expect(hits(0)).toEqual([
      ['n0', 10],
      ['n1', 10],
      ['n2', 10],
    ]);
    expect(hits(1)).toEqual([
      ['n0', 1_000],
      ['n1', 2_000],
    ]);
  });
});

test('a fault that finds nobody is not counted as made, and none begins when faults are over', async () => {
  const group = await played(async (player, live) => {
    player.play([
      { kind: 'kill', target: 'n0', atMs: 0, forMs: 1_000 },
      { kind: 'pause', target: 'n0', atMs: 10, forMs: 10 },
      { kind: 'pause', target: 'n1', atMs: 500, forMs: 10 },
    ]);
    await vi.advanceTimersByTimeAsync(100);
    expect(player.skipped).toEqual({ pause: 1 });
    await live.heal();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(player.injected).toEqual({ kill: 1 });
  });
  expect(group.told).toEqual(['kill n0']);
});

test('each time that somebody is hurt is noted, from its beginning until it is done', async () => {
  await played(async (player, live) => {
    const startMs = performance.now();
    player.play([
      { kind: 'kill', target: 'n1', atMs: 10, forMs: 20 },
      { kind: 'pause', target: 'n2', atMs: 60, forMs: 20 },
      { kind: 'rolling', target: 'all', atMs: 1_000, forMs: 3_000 },
    ]);
    await vi.advanceTimersByTimeAsync(3_010);
    const strikes = live.strikes.map(({ fromMs, toMs = Number.NaN }) => [fromMs - startMs, toMs - startMs]);
    // The last of a rolling one is not done.
    expect(strikes).toEqual([
      [10, 10],
      [60, 60],
      [1_000, 1_040],
      [2_000, 2_040],
      [3_000, Number.NaN],
    ]);
  });
});

/** All that a group can be hurt by whose links and disks are at hand. */
const allFaults = [...processFaults, ...networkFaults, ...livePlatformFaults] as unknown as LiveFault<PaperGroup>[];

describe('a member that is down when a fault begins', () => {
  const kill: Fault = { kind: 'kill', target: 'n1', atMs: 0, forMs: 5_000 };
  const dead: Omit<Fault, 'kind'> = { target: 'n1', atMs: 1_500, forMs: 2_000, amount: 5 };

  test.each<Fault>([
    { ...dead, kind: 'isolate' },
    { ...dead, kind: 'cut', other: 'n0' },
    { ...dead, kind: 'cut', target: 'n0', other: 'n1' },
    { ...dead, kind: 'reset', target: 'n0', other: 'n1' },
    { ...dead, kind: 'deaf' },
    { ...dead, kind: 'hide', mode: 'ns' },
    { ...dead, kind: 'slow-link' },
    { ...dead, kind: 'slow-disk' },
    { ...dead, kind: 'disk-full' },
    { ...dead, kind: 'clock-jump' },
  ])('is not hit by it: $kind of $target', async (fault) => {
    const group = await played(async (player) => {
      player.play([kill, fault]);
      await vi.advanceTimersByTimeAsync(6_000);
      expect([player.injected, player.skipped]).toEqual([{ kill: 1 }, { [fault.kind]: 1 }]);
    }, allFaults);
    expect(group.told).toEqual(['kill n1', 'start n1']);
  });

  test('is not among those whom it struck', async () => {
    await played(async (player) => {
      player.play([kill, { ...dead, kind: 'disk-full', target: 'all' }]);
      await vi.advanceTimersByTimeAsync(6_000);
      expect(player.made[1]?.members).toEqual(['n0', 'n2']);
    }, allFaults);
  });

  test('may go down while one lasts', async () => {
    await played(async (player) => {
      player.play([
        { ...dead, atMs: 0, kind: 'isolate' },
        { ...kill, atMs: 100 },
      ]);
      await vi.advanceTimersByTimeAsync(6_000);
      expect(player.injected).toEqual({ isolate: 1, kill: 1 });
    }, allFaults);
  });
});

test('a fault that hits a member which is not there is not counted as made', async () => {
  await played(async (player) => {
    player.play([{ kind: 'clock-jump', target: 'n7' as Target, atMs: 0, forMs: 100, amount: 5_000 }]);
    await vi.advanceTimersByTimeAsync(200);
    expect([player.injected, player.skipped]).toEqual([{}, { 'clock-jump': 1 }]);
  }, allFaults);
});

test('a fault of which it shows later that it had no effect is counted as skipped, and why is told', async () => {
  const late: LiveFault<PaperGroup> = {
    name: 'transfer',
    by: 'a request',
    modes: [],
    apply(group, { forMs }, _mayHit, missed) {
      group.later(forMs, () => missed('nobody took it'));
      return true;
    },
  };
  await played(
    async (player) => {
      player.play([{ kind: 'transfer', target: 'leader', atMs: 0, forMs: 100 }]);
      await vi.advanceTimersByTimeAsync(50);
      expect([player.injected, player.skipped, player.misses]).toEqual([{ transfer: 1 }, {}, []]);
      await vi.advanceTimersByTimeAsync(100);
      expect([player.injected, player.skipped]).toEqual([{}, { transfer: 1 }]);
      expect(player.misses).toEqual(['transfer had no effect: nobody took it']);
    },
    [late],
  );
});
