import { expect, test } from 'vitest';
import type { ReplicaState } from '../../../../jepsen-lite/checker/replica-state.ts';
import type { Verdict } from '../../../../jepsen-lite/checker/verdict.ts';
import { finish } from '../../../../jepsen-lite/live/chaos/finish.ts';
import type { LiveGroup } from '../../../../jepsen-lite/live/chaos/live-group.ts';
import { MetadataAudit } from '../../../../jepsen-lite/live/chaos/metadata-audit.ts';
import type { Steps } from '../../../../jepsen-lite/replica/steps.ts';
import { PlayedGroup } from '../played-group.ts';

/** Members have a minute and a half to come together. */
const MOST_MS = 120_000;
const NAMES = ['n0', 'n1', 'n2'];

interface Planted {
  /** What members hold. */
  readonly crcs?: readonly number[];
  readonly addresses?: readonly string[];
  readonly metadata?: MetadataAudit;
  /** A member that lacks something of what it should have. */
  readonly unsound?: string;
  /** Hears whose files are begun to be read. */
  readonly onFiles?: (name: string) => void;
}

/** A group whose members are as healthy as can be, and whose files hold one entry each. */
function liveGroup(
  played: PlayedGroup,
  { crcs = [7, 7, 7], addresses = played.addresses, unsound, onFiles = () => {} }: Planted,
): LiveGroup {
  const members = addresses.map((address, at) => {
    return {
      node: { name: NAMES[at], address },
      isSound: NAMES[at] !== unsound,
      serves: true,
      report: {},
      describe: () => 'sound',
    };
  });
  const replica = function* ({ name }: { readonly name: string }): Steps<ReplicaState> {
    onFiles(name);
    yield;
    const entry = { index: 1, term: 1, position: 0, byteLength: 9, crc: crcs[NAMES.indexOf(name)] ?? 0, messages: [] };
    return { node: name, timeNs: 0, commitIndex: 1, entries: [entry], queues: [] };
  };
  const live = {
    members,
    judge: played.judge,
    mode: { areTogether: () => true, replica },
    stopAll: () => Promise.resolve(),
    sightings: { events: [] },
    reigns: 1,
    heal: () => Promise.resolve(),
    look: () => Promise.resolve(),
    leader: () => members[0],
    journal: () => {},
  };
  return live as unknown as LiveGroup;
}

/** What the end of a run finds: verdicts by their checkers, and the promise that was seen broken. */
async function finished(planted: Planted & { readonly ghost?: boolean } = {}, { signal } = new AbortController()) {
  const played = await PlayedGroup.play();
  if (planted.ghost) played.addGhost();
  const verdicts = await played.settle(
    finish({
      live: liveGroup(played, planted),
      clients: played.clients,
      metadata: planted.metadata ?? new MetadataAudit(),
      disturbances: undefined,
      platform: played.platform,
      signal,
      phase: () => {},
    }),
    MOST_MS,
  );
  const byChecker: Record<string, Verdict> = Object.fromEntries(verdicts.map((verdict) => [verdict.checker, verdict]));
  return { byChecker, violation: played.judge.violation, sent: played.clients.counts.acknowledged };
}

test('a sound group is judged by every checker, and all are content', async () => {
  const { byChecker, violation, sent } = await finished();
  expect(violation).toBeUndefined();
  expect(Object.entries(byChecker).map(([checker, { valid }]) => [checker, valid])).toEqual([
    ['total-queue', true],
    ['log', true],
    ['real-time-order', true],
    ['consumption', true],
    ['replica', true],
    ['read-back', true],
  ]);
  expect(sent).toBeGreaterThan(20);
  expect(byChecker['read-back']?.counts['examined']).toBe(sent);
});

test('what was acknowledged and is nowhere is missed by those who count, and by the reading back', async () => {
  const { byChecker } = await finished({ ghost: true });
  expect(byChecker['total-queue']).toMatchObject({ valid: false, counts: { lost: 1 } });
  expect(byChecker['read-back']).toMatchObject({ valid: false, counts: { missing: 1 } });
});

test('members whose files differ are told', async () => {
  const { byChecker, violation } = await finished({ crcs: [7, 7, 8] });
  expect(byChecker['replica']?.valid).toBe(false);
  expect(violation).toBeUndefined();
});

test('topics and offsets are asked for again, of every member', async () => {
  const metadata = new MetadataAudit();
  metadata.topicIs('gone', true);
  const { violation } = await finished({ metadata });
  expect(violation).toMatchObject({ invariant: 'metadata-kept' });
  expect(violation?.text).toContain('lacks topic gone');
});

test('a member that forgets what it is told oneway is convicted by that alone', async () => {
  // Nobody listens there.
  const { violation, byChecker } = await finished({ addresses: ['10.0.0.1:1', '10.0.0.1:2', '10.0.0.1:3'] });
  expect(violation).toMatchObject({ invariant: 'oneway-kept' });
  expect(Object.values(byChecker).map(({ valid }) => valid)).toEqual([true, true, true, true, true, true]);
});

test('members that hold the same have not come together while one of them is not sound', async () => {
  const { byChecker, violation } = await finished({ unsound: 'n1' });
  expect(violation).toMatchObject({ invariant: 'liveness' });
  expect(violation?.text).toContain('the members do not come together');
  expect(byChecker).toEqual({});
});

test('who interrupts a run while files are read does not wait for the rest, and nothing is judged', async () => {
  const interrupt = new AbortController();
  const begun: string[] = [];
  const onFiles = (name: string): void => {
    begun.push(name);
    if (name === 'n1') interrupt.abort();
  };
  const { byChecker, violation } = await finished({ onFiles }, interrupt);
  expect(begun).toEqual(['n0', 'n1']);
  expect(byChecker).toEqual({});
  expect(violation).toBeUndefined();
});
