import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readChaosCommand } from '../../../jepsen-lite/bin/chaos-options.ts';
import { roundsOf } from '../../../jepsen-lite/bin/chaos-round.ts';
import { playRounds } from '../../../jepsen-lite/bin/chaos-rounds.ts';
import { chaosSchedule } from '../../../jepsen-lite/bin/chaos-schedule.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledgermq-chaos-schedule-'));
const file = join(folder, 'faults.json');
afterAll(() => rmSync(folder, { recursive: true }));

const kill = { kind: 'kill', atMs: 4_568, target: 'leader', forMs: 1_519 };

function read(faults: unknown, ...args: string[]): unknown {
  writeFileSync(file, JSON.stringify(faults));
  const command = readChaosCommand(['--schedule', file, ...args], 1);
  return chaosSchedule(command, roundsOf(command));
}

test('a schedule is read as it stands', () => {
  expect(read([kill], '--minutes', '20')).toEqual([kill]);
});

test.for([
  ['no time', [{ kind: 'kill' }], [], 'fault 1: it has no atMs'],
  ['a target that is none', [kill, { ...kill, target: 'leeder' }], [], 'fault 2: target leeder: one of leader, '],
  ['a kind that is none', [{ ...kill, kind: 'flood' }], [], 'fault 1: flood cannot be made on real processes'],
  ['no kind', [{}], [], 'fault 1: it has no kind'],
  ['no fault', [], [], 'it holds no fault'],
  ['all where one is hit', [kill, { ...kill, kind: 'isolate', target: 'all' }], [], 'fault 2: isolate hits one member'],
  ['a mode that is none', [{ ...kill, kind: 'isolate', mode: 'wat' }], [], 'no mode wat; there are peers, all'],
  [
    'a link of one',
    [{ ...kill, kind: 'cut', target: 'n1', other: 'n1' }],
    [],
    'fault 1: cut goes from n1 to n1, which',
  ],
  ['rot of no kind', [{ ...kill, kind: 'rot', mode: 'wat' }], [], 'rot has no mode wat; there are flip, flips, zero'],
  ['a mode where there is none', [{ ...kill, mode: 'wat' }], [], 'fault 1: kill has no modes; leave out mode wat'],
  ['a place behind all', [{ ...kill, kind: 'rot', amount: 10_001 }], [], 'whole numbers from 0 to 9999 are possible'],
  ['less than nothing', [{ ...kill, kind: 'slow-link', amount: -50 }], [], 'slow-link cannot have amount -50'],
  ['no amount', [{ ...kill, kind: 'clock-jump' }], [], 'fault 1: clock-jump without an amount changes nothing; give'],
  ['no duration', [{ ...kill, kind: 'pause', forMs: 0 }], [], 'fault 1: pause for 0 ms changes nothing; give it a'],
  ['one where all are hit', [{ ...kill, kind: 'blackout' }], [], 'fault 1: blackout cannot have target leader; all is'],
  ['a far end of none', [{ ...kill, other: 'n2' }], [], 'fault 1: kill has no other end; leave out other n2'],
  ['no list', { faults: [] }, [], 'a JSON list of faults is needed'],
  ['what the mode does not survive', [{ ...kill, kind: 'rot' }], ['--mode', 'controller'], 'fault 1: mode controller'],
  ['what these cuts cannot do', [{ ...kill, kind: 'reset' }], ['--cuts', 'namespaces'], 'fault 1: only proxies make'],
  ['a time behind a short last round', [{ ...kill, atMs: 70_000 }], ['--minutes', '11'], 'the run has only 60000 ms'],
] as const)('%s is refused with a sentence', ([_name, faults, args, sentence]) => {
  expect(() => read(faults, ...args)).toThrow(sentence);
});

test('a role that was drawn for both ends is passed over, not refused', () => {
  const drawn = [{ ...kill, kind: 'cut', target: 'follower', other: 'follower' }];
  expect(read(drawn)).toEqual(drawn);
});

test('a schedule that cannot be read is told before the folder of the earlier run is touched', async () => {
  const earlier = join(folder, 'runs', 'dledger-seed-7-3n');
  mkdirSync(earlier, { recursive: true });
  writeFileSync(join(earlier, 'watchdog.txt'), '');
  const schedule = join(earlier, 'schedule.json');
  writeFileSync(schedule, '[{"kind":"kill"}]');
  const args = ['--seed', '7', '--dir', join(folder, 'runs'), '--schedule'];
  const played = playRounds(readChaosCommand([...args, schedule], 1), new AbortController().signal);
  await expect(played).rejects.toThrow(`--schedule ${schedule}: fault 1: it has no atMs`);
  const none = join(earlier, 'none.json');
  const missing = playRounds(readChaosCommand([...args, none], 1), new AbortController().signal);
  await expect(missing).rejects.toThrow(`--schedule ${none}: ENOENT`);
  expect(existsSync(schedule)).toBe(true);
});
