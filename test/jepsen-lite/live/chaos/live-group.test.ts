import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Group } from '../../../../cluster/launch/group.ts';
import type { ProcessEnd } from '../../../../cluster/launch/launched-process.ts';
import type { Ailing } from '../../../../jepsen-lite/live/chaos/ailing.ts';
import { LiveJudge } from '../../../../jepsen-lite/live/chaos/client-judge.ts';
import { dledgerMode } from '../../../../jepsen-lite/live/chaos/dledger-mode.ts';
import { LiveGroup } from '../../../../jepsen-lite/live/chaos/live-group.ts';
import type { Excuse } from '../../../../jepsen-lite/live/chaos/live-member.ts';
import type { FullDisks } from '../../../../jepsen-lite/live/disk/full-disks.ts';
import type { Links } from '../../../../jepsen-lite/live/network/links.ts';
import type { Ward } from '../../../../jepsen-lite/live/sick/ward.ts';
import { createVirtualPlatform } from '../../../support/virtual-platform.ts';

/** Nobody listens on this port. */
const NOBODY = 'http://127.0.0.1:1';

const LAST_WORDS = '{"level":"error","code":"EIO","reason":"x","msg":"This process stops"}';

/** How the process of a member ended, and the last line of its log. */
interface End {
  readonly end?: ProcessEnd;
  readonly log?: string;
}

/** A group of which one member is told, that answers there; its process is gone. Its disk is empty. */
function liveGroup(httpUrl: string, { end = { exitCode: 1, signal: null }, log = LAST_WORDS }: End = {}) {
  const judge = new LiveJudge(() => 0);
  const journal: string[] = [];
  const node = { name: 'n0', httpUrl, address: '', confFile: '', logFile: '', storeDirectory: '/store' };
  const group = {
    nodes: [node],
    nameServers: [],
    platform: createVirtualPlatform(),
    process: () => undefined,
    kill: () => Promise.resolve(true),
    start: () => {},
    endOf: () => Promise.resolve(end),
    stop: () => Promise.resolve('ended'),
    folder: { logTail: () => log },
  };
  const live = new LiveGroup({
    mode: dledgerMode,
    group: group as unknown as Group,
    links: { healAll() {} } as unknown as Links,
    ward: { healAll() {} } as unknown as Ward,
    ailing: { healAll() {} } as unknown as Ailing,
    disks: {
      healAll: () => Promise.resolve(),
      fill: () => Promise.resolve(() => Promise.resolve()),
    } as unknown as FullDisks,
    judge,
    journal: (line) => void journal.push(line),
  });
  const [member] = live.members;
  if (member === undefined) throw new Error('the group has a member');
  return { live, judge, journal, member };
}

/** What becomes of a member whose process is gone, and of the run that sees it. */
async function goneMember(excuse?: Excuse, end: End = {}) {
  const { live, judge, journal, member } = liveGroup(NOBODY, end);
  const away: [string, boolean][] = [];
  live.onPresence = (name, isThere) => void away.push([name, isThere]);
  if (excuse !== undefined) member.excuses.add(excuse);
  await live.look();
  await live.heal({ starts: false });
  return { violation: judge.violation, journal, away, state: member.state, seen: live.selfEnds.seen };
}

test('a member that ends by itself is a broken promise, and away', async () => {
  const { violation, journal, away, state } = await goneMember();
  expect(violation).toMatchObject({ invariant: 'no-self-stop' });
  expect(violation?.text).toBe(`n0 ended by itself: EIO: The end of its log:\n${LAST_WORDS}`);
  expect(journal).toEqual(['n0 ended by itself: EIO (excused by: nothing)']);
  expect([away, state]).toEqual([[['n0', false]], 'down']);
});

test('what was done to its disk excuses its end', async () => {
  const { violation, journal, state, seen } = await goneMember('disk-error');
  expect(violation).toBeUndefined();
  expect(journal).toEqual(['n0 ended by itself: EIO (excused by: disk-error)']);
  expect(seen).toEqual([{ member: 'n0', atMs: 0, code: 'EIO', excusedBy: ['disk-error'] }]);
  expect(state).toBe('down');
});

const toldCode = (code: string): End => ({ log: LAST_WORDS.replace('EIO', code) });

test.each<[string, string, End]>([
  ['a signal that nobody sent', 'SIGKILL', { end: { exitCode: null, signal: 'SIGKILL' } }],
  ['an error of a disk that is only full', 'EIO', {}],
  ['a bug', 'TypeError', toldCode('TypeError')],
  ['an exit without a word', 'exit 1', { log: '{"level":"info","msg":"so far so good"}' }],
])('a full disk does not excuse %s', async (_what, code, end) => {
  const { violation, journal, seen } = await goneMember('disk-full', end);
  expect(violation?.text).toContain(`n0 ended by itself: ${code}: `);
  expect(journal).toEqual([`n0 ended by itself: ${code} (excused by: nothing)`]);
  expect(seen).toEqual([{ member: 'n0', atMs: 0, code, excusedBy: [] }]);
});

test.each<[string, string, End]>([
  ['what cannot wait for room', 'ENOSPC', toldCode('ENOSPC')],
  ['a start for which there is no room', 'START', { log: 'no space left on device' }],
])('a full disk excuses %s', async (_what, code, end) => {
  const { violation, seen } = await goneMember('disk-full', end);
  expect(violation).toBeUndefined();
  expect(seen).toEqual([{ member: 'n0', atMs: 0, code, excusedBy: ['disk-full'] }]);
});

test('a disk is full until the last of the faults that fill it is over, and a moment longer', async () => {
  vi.useFakeTimers();
  try {
    const { live, member } = liveGroup(NOBODY);
    const ends = [await live.fillDisk(member, 0), await live.fillDisk(member, 0)];
    for (const isExcused of [true, false]) {
      await ends.shift()?.();
      expect([...member.excuses]).toEqual(['disk-full']);
      await vi.advanceTimersByTimeAsync(3_000);
      expect(member.excuses.has('disk-full')).toBe(isExcused);
    }
  } finally {
    vi.useRealTimers();
  }
});

test('a bug is excused by no disk, and a fault that comes upon its end hides nothing', async () => {
  expect((await goneMember('disk-error', toldCode('AssertionError'))).violation).toBeDefined();
  const { live, judge, member } = liveGroup(NOBODY, toldCode('TypeError'));
  live.group.kill = () => Promise.resolve(false);
  await live.kill(member);
  expect(judge.violation?.text).toContain('n0 ended by itself: TypeError');
});

test('a member that is told to stop may fail, and not by a bug', async () => {
  const failed = liveGroup(NOBODY);
  await failed.live.stop(failed.member, 1);
  expect([failed.judge.violation, failed.live.selfEnds.seen]).toEqual([undefined, []]);
  const wrong = liveGroup(NOBODY, toldCode('RangeError'));
  await wrong.live.stop(wrong.member, 1);
  expect(wrong.judge.violation?.text).toContain('n0 ended by itself: RangeError');
});

describe('a member that led by its own vote, and whose disk holds no hard state when it is killed', () => {
  let server: Server | undefined;

  afterEach(() => void server?.close());

  /** A group whose member says that it has led since term 4, and is whole in term 5. */
  async function voters() {
    const raft = {
      groupName: 'g',
      role: 'leader',
      term: 5,
      roleHistory: [{ role: 'leader', term: 4, votes: ['n0'] }],
      ...{ inDoubt: false, logCare: { damagedPlaces: 0, scrub: { passes: 1 } } },
      ...{ commitIndex: 1, appliedIndex: 1, writtenIndex: 1 },
    };
    server = createServer((_request, response) => response.end(JSON.stringify({ ready: true, raft })));
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return liveGroup(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  test('is convicted', async () => {
    const { live, judge, member } = await voters();
    await live.look();
    await live.kill(member);
    expect(judge.violation).toMatchObject({ invariant: 'durable-vote' });
    expect(judge.violation?.text).toBe('n0 voted for n0 in term 4, while its disk holds no hard state');
  });

  test('is not while its disk is among the hurt ones, nor for what it voted before it was whole again', async () => {
    const { live, judge, member } = await voters();
    await live.look();
    live.hurts.hurt(member.name, member.starts);
    await live.kill(member);
    live.start(member);
    await live.look();
    expect(live.hurts.names).toEqual([]);
    await live.look();
    await live.kill(member);
    expect(judge.violation).toBeUndefined();
  });
});
