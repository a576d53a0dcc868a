import { expect, test } from 'vitest';
import type { Group } from '../../../../cluster/launch/group.ts';
import type { Ailing } from '../../../../jepsen-lite/live/chaos/ailing.ts';
import { LiveJudge } from '../../../../jepsen-lite/live/chaos/client-judge.ts';
import { dledgerMode } from '../../../../jepsen-lite/live/chaos/dledger-mode.ts';
import { LiveGroup } from '../../../../jepsen-lite/live/chaos/live-group.ts';
import type { Excuse } from '../../../../jepsen-lite/live/chaos/live-member.ts';
import type { FullDisks } from '../../../../jepsen-lite/live/disk/full-disks.ts';
import type { Links } from '../../../../jepsen-lite/live/network/links.ts';
import type { Ward } from '../../../../jepsen-lite/live/sick/ward.ts';

/** Nobody listens on this port. */
const NOBODY = 'http://127.0.0.1:1';

/** What becomes of a member whose process is gone, and of the run that sees it. */
async function goneMember(excuse?: Excuse) {
  const judge = new LiveJudge(() => 0);
  const journal: string[] = [];
  const node = { name: 'n0', httpUrl: NOBODY, address: '', confFile: '', logFile: '', storeDirectory: '' };
  const group = { nodes: [node], nameServers: [], process: () => undefined, folder: { logTail: () => 'TypeError: x' } };
  const live = new LiveGroup({
    mode: dledgerMode,
    group: group as unknown as Group,
    links: { healAll() {} } as unknown as Links,
    ward: { healAll() {} } as unknown as Ward,
    ailing: { healAll() {} } as unknown as Ailing,
    disks: { healAll: () => Promise.resolve() } as unknown as FullDisks,
    judge,
    journal: (line) => void journal.push(line),
  });
  const away: [string, boolean][] = [];
  live.onPresence = (name, isThere) => void away.push([name, isThere]);
  const [member] = live.members;
  if (excuse !== undefined) member?.excuses.add(excuse);
  await live.look();
  await live.heal({ starts: false });
  return { violation: judge.violation, journal, away, state: member?.state };
}

test('a member that ends by itself is a broken promise, and away', async () => {
  const { violation, journal, away, state } = await goneMember();
  expect(violation).toMatchObject({ invariant: 'no-self-stop' });
  expect(violation?.text).toBe('n0 ended by itself. The end of its log:\nTypeError: x');
  expect(journal).toEqual(['n0 ended by itself (excused by: nothing)']);
  expect([away, state]).toEqual([[['n0', false]], 'down']);
});

test('what was done to its disk excuses its end', async () => {
  const { violation, journal, state } = await goneMember('disk-error');
  expect(violation).toBeUndefined();
  expect(journal).toEqual(['n0 ended by itself (excused by: disk-error)']);
  expect(state).toBe('down');
});
