import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply } from '../../../../cluster/controller/state/apply.ts';
import { type BrokerSet, type ControllerState, EMPTY_STATE } from '../../../../cluster/controller/state/broker-set.ts';
import type { Command, LiveBroker } from '../../../../cluster/controller/state/command.ts';
import { decodeCommand } from '../../../../cluster/controller/state/command-codec.ts';
import { decodeState, encodeState } from '../../../../cluster/controller/state/state-codec.ts';
import { ResponseCode } from '../../../../src/protocol/response-code.ts';
import { altering, electing, FOUNDING } from './commands.ts';
import { NaiveController } from './naive-controller.ts';

// Few ids, names and epochs, so that commands meet.
const id = fc.integer({ min: 0, max: 4 });
const brokerName = fc.constantFrom('a', 'b');
const epoch = fc.integer({ min: 0, max: 6 });
const ids = fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });
const live = fc.uniqueArray(
  fc.record<LiveBroker>({
    brokerId: fc.integer({ min: 1, max: 4 }),
    epoch: fc.integer({ min: 0, max: 2 }),
    maxOffset: fc.integer({ min: 0, max: 2 }),
    priority: fc.integer({ min: 0, max: 1 }),
  }),
  { maxLength: 4, selector: ({ brokerId }) => brokerId },
);
const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    kind: fc.constant('apply-broker-id' as const),
    clusterName: fc.constantFrom('c', 'c', 'c', 'other'),
    brokerName,
    brokerId: id,
    checkCode: fc.constantFrom('h1:1;1', 'h2:1;2', 'h3:1;3'),
  }),
  fc.record({
    kind: fc.constant('register-broker' as const),
    brokerName,
    brokerId: id,
    address: fc.constantFrom('h1:1', 'h9:9'),
    inDoubt: fc.boolean(),
    begunEpoch: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    renouncedEpoch: fc.option(epoch, { nil: undefined }),
    knownEpoch: fc.constantFrom(undefined, undefined, 0, 1, 2, 3),
    learner: fc.constantFrom(undefined, undefined, true),
    epoch: fc.constantFrom(undefined, 0, 0, 0, 1, 4),
    setId: fc.constantFrom(undefined, 'h1:1;1', 'h2:1;2'),
    maxOffset: fc.constantFrom(undefined, 0, 9),
    starts: fc.option(fc.array(fc.constantFrom('s1', 's2', 's3'), { minLength: 1, maxLength: 3 }), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('alter-sync-state-set' as const),
    brokerName,
    masterId: id,
    masterEpoch: epoch,
    syncStateSet: ids,
    syncStateSetEpoch: epoch,
    alive: ids,
    addresses: fc.constantFrom(undefined, undefined, undefined, ['2=h2:1'], ['3=h9:9'], ['1=h1:1', '4=h9:9']),
  }),
  fc.record({
    kind: fc.constant('elect-master' as const),
    brokerName,
    brokerId: fc.option(id, { nil: undefined }),
    designated: fc.boolean(),
    unclean: fc.boolean(),
    acceptLoss: fc.constantFrom(undefined, undefined, true),
    consentNeeded: fc.constantFrom(undefined, true),
    live,
  }),
  fc.record({
    kind: fc.constant('clean-broker-data' as const),
    brokerName,
    brokerIds: fc.option(
      ids.filter((some) => some.length > 0),
      { nil: undefined },
    ),
    alive: ids,
  }),
);

type Honesty = 'no' | 'master' | 'set';

/** Where a command is honest, the master of now proposes (and follows the set of now): else nearly all proposals would be refused for one reason. */
const history = fc.array(fc.record({ command: anyCommand, honest: fc.constantFrom<Honesty>('no', 'master', 'set') }), {
  maxLength: 60,
});
/** Once every answer, behind the founding: chance alone would sometimes leave one out. */
const EVERY_ANSWER: readonly (readonly [number, Command])[] = [
  [ResponseCode.SUCCESS, electing(1, [])],
  [ResponseCode.CONTROLLER_MASTER_STILL_EXIST, electing(1, [1])],
  [ResponseCode.CONTROLLER_INVALID_MASTER, altering({ masterId: 2 })],
  [ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH, altering({ masterEpoch: 5 })],
  [ResponseCode.CONTROLLER_FENCED_SYNC_STATE_SET_EPOCH, altering({ syncStateSetEpoch: 5 })],
  [ResponseCode.CONTROLLER_INVALID_REPLICAS, altering({ syncStateSet: [1, 4], alive: [1, 4] })],
  [ResponseCode.CONTROLLER_BROKER_NOT_ALIVE, altering({ alive: [1] })],
  [ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED, altering({ syncStateSet: [2] })],
  [ResponseCode.SUCCESS, altering({})],
  [
    ResponseCode.CONTROLLER_INVALID_CLEAN_BROKER_METADATA,
    { kind: 'clean-broker-data', brokerName: 'a', brokerIds: [4], alive: [] },
  ],
  [
    ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED,
    { kind: 'register-broker', brokerName: 'b', brokerId: 1, address: 'h1:1', inDoubt: false },
  ],
  [ResponseCode.CONTROLLER_MASTER_NOT_AVAILABLE, electing(undefined, [])],
  [ResponseCode.CONTROLLER_ELECT_MASTER_FAILED, electing(3, [])],
  [
    ResponseCode.CONTROLLER_BROKER_ID_INVALID,
    { kind: 'apply-broker-id', clusterName: 'c', brokerName: 'a', brokerId: 1, checkCode: 'h9:9;9' },
  ],
];

function adapted(state: ControllerState, { command, honest }: { command: Command; honest: Honesty }): Command {
  const set = state.get(command.brokerName);
  if (honest === 'no' || set === undefined || command.kind !== 'alter-sync-state-set') return command;
  const { masterId = 1, masterEpoch, syncStateSetEpoch } = set;
  const byMaster = { ...command, masterId, masterEpoch };
  if (honest === 'master') return byMaster;
  return { ...byMaster, syncStateSetEpoch, syncStateSet: [masterId, ...command.syncStateSet] };
}

/** Plays a history from an empty state; `step` sees each command with the state before it. */
function play(
  steps: readonly { command: Command; honest: Honesty }[],
  step: (state: ControllerState, command: Command) => ControllerState,
): void {
  let state = EMPTY_STATE;
  for (const command of FOUNDING) state = step(state, command);
  for (const one of steps) state = step(state, adapted(state, one));
}

/** The naive state in the form of the real one. */
function asState({ sets }: NaiveController): ControllerState {
  const state = new Map<string, BrokerSet>();
  for (const [name, set] of Object.entries(sets)) {
    const replicas = Object.keys(set.codes).map(Number);
    state.set(name, {
      clusterName: set.cluster,
      brokerName: name,
      nextBrokerId: set.next,
      replicas: new Map(
        replicas.map((each) => {
          const learner = set.learners.has(each);
          const [address, checkCode, starts = []] = [set.addresses[each]!, set.codes[each]!, set.starts[each]];
          return [each, { address, checkCode, learner, starts }];
        }),
      ),
      masterId: set.master ?? undefined,
      masterEpoch: set.masterEpoch,
      syncStateSet: [...set.inSync].sort((a, b) => a - b),
      syncStateSetEpoch: set.setEpoch,
      uncleanEpoch: set.uncleanEpoch,
      heardEpoch: set.heard,
      setId: set.id,
      electedFrom:
        set.from === null
          ? undefined
          : { masterId: set.from.master, epoch: set.from.epoch, syncStateSet: [...set.from.set].sort((a, b) => a - b) },
    });
  }
  return state;
}

describe('the state machine of the controllers', () => {
  it('gives every answer there is', () => {
    let state = FOUNDING.reduce((before, command) => apply(before, command).state, EMPTY_STATE);
    const codes = EVERY_ANSWER.map(([, command]) => {
      const outcome = apply(state, command);
      state = outcome.state;
      return outcome.code;
    });
    expect(codes).toEqual(EVERY_ANSWER.map(([code]) => code));
  });

  it('does what a naive one does, and returns the same object where nothing changed', () => {
    const seen = new Set<number>();
    fc.assert(
      fc.property(history, (steps) => {
        const naive = new NaiveController();
        play(steps, (state, command) => {
          const outcome = apply(state, command);
          expect(outcome.code).toBe(naive.apply(command));
          seen.add(outcome.code);
          const changed = JSON.stringify(encodeState(outcome.state)) !== JSON.stringify(encodeState(state));
          expect(outcome.state !== state).toBe(changed);
          const toldMore = outcome.remark !== undefined && command.kind !== 'register-broker';
          if (outcome.code === ResponseCode.SUCCESS) expect(toldMore).toBe(false);
          else expect(outcome.remark).toBeDefined();
          expect(encodeState(outcome.state)).toEqual(encodeState(asState(naive)));
          return outcome.state;
        });
      }),
      { numRuns: 1_000, examples: [[EVERY_ANSWER.map(([, command]) => ({ command, honest: 'no' as const }))]] },
    );
    // Every answer was met, so that the comparison says something about it.
    expect([...seen].sort()).toEqual([0, 2000, 2001, 2002, 2003, 2004, 2006, 2009, 2010, 2011, 2012, 2013, 2014]);
  });

  it('keeps its epochs rising, its master registered and in sync', () => {
    fc.assert(
      fc.property(history, (steps) => {
        play(steps, (state, command) => {
          const next = apply(state, command).state;
          for (const [name, set] of next) {
            const before = state.get(name);
            if (set.masterId !== undefined) expect(set.syncStateSet).toContain(set.masterId);
            for (const each of set.syncStateSet) expect(set.replicas.has(each)).toBe(true);
            if (before === undefined) continue;
            if (before.masterId === set.masterId) expect(set.masterEpoch).toBe(before.masterEpoch);
            else expect(set.masterEpoch).toBeGreaterThan(before.masterEpoch);
            const sameSet = String(before.syncStateSet) === String(set.syncStateSet);
            if (!sameSet) expect(set.syncStateSetEpoch).toBe(before.syncStateSetEpoch + 1);
            expect(set.nextBrokerId).toBeGreaterThanOrEqual(before.nextBrokerId);
          }
          return next;
        });
      }),
    );
  });

  it('elects above every epoch that it heard of, and in a set of which it knows nothing but epochs only by name, and not as clean', () => {
    fc.assert(
      fc.property(history, (steps) => {
        play(steps, (state, command) => {
          const before = state.get(command.brokerName);
          const { state: next, code, set } = apply(state, command);
          if (command.kind !== 'elect-master' || code !== ResponseCode.SUCCESS || before === undefined) return next;
          const heard = Math.max(before.heardEpoch, ...command.live.map((one) => one.epoch));
          expect(set?.masterEpoch).toBeGreaterThan(heard);
          if (before.masterEpoch > 0 || heard <= 0) return next;
          const { designated, acceptLoss = false, consentNeeded = false, unclean } = command;
          expect(unclean || (designated && (acceptLoss || !consentNeeded))).toBe(true);
          expect(set?.uncleanEpoch).toBe(set?.masterEpoch);
          return next;
        });
      }),
    );
  });

  it('elects outside the SyncStateSet only where that is allowed', () => {
    fc.assert(
      fc.property(history, (steps) => {
        play(steps, (state, command) => {
          const before = state.get(command.brokerName);
          const { state: next, code, set } = apply(state, command);
          if (command.kind !== 'elect-master' || code !== ResponseCode.SUCCESS || command.unclean) return next;
          if (before === undefined || before.masterEpoch === 0) return next;
          if (before.syncStateSet.includes(set?.masterId ?? 0)) return next;
          // People named it, nobody in sync was alive, and nobody who is has more.
          expect([command.designated, command.acceptLoss, set?.masterId]).toEqual([true, true, command.brokerId]);
          expect(set?.uncleanEpoch).toBe(set?.masterEpoch);
          const able = command.live.filter(({ brokerId }) => before.replicas.get(brokerId)?.learner === false);
          expect(able.filter(({ brokerId }) => before.syncStateSet.includes(brokerId))).toEqual([]);
          const [most] = able.toSorted((a, b) => b.epoch - a.epoch || b.maxOffset - a.maxOffset);
          const named = able.find(({ brokerId }) => brokerId === command.brokerId);
          expect([named?.epoch, named?.maxOffset]).toEqual([most?.epoch, most?.maxOffset]);
          return next;
        });
      }),
    );
  });

  it('takes nobody into the SyncStateSet whose id another broker has that follows the master', () => {
    const founded = [...FOUNDING, electing(1, [])].reduce((one, each) => apply(one, each).state, EMPTY_STATE);
    const proposed = (addresses: readonly string[]) => apply(founded, altering({ addresses }));
    expect(proposed(['2=h2:1', '3=h9:9']).set?.syncStateSet).toEqual([1, 2]);
    expect(proposed(['2=h9:9'])).toMatchObject({
      state: founded,
      code: ResponseCode.CONTROLLER_INVALID_REPLICAS,
      remark: 'replica 2 of a is known at h2:1, and h9:9, which follows the master, runs on a copy of its directory',
    });
  });

  it('never elects a learner, nor takes one into the SyncStateSet', () => {
    fc.assert(
      fc.property(history, (steps) => {
        play(steps, (state, command) => {
          const { state: next, code, set } = apply(state, command);
          if (code === ResponseCode.SUCCESS && set !== undefined) {
            const learner = (each: number | undefined) => set.replicas.get(each ?? 0)?.learner === true;
            if (command.kind === 'elect-master') expect(learner(set.masterId)).toBe(false);
            if (command.kind === 'alter-sync-state-set') expect(set.syncStateSet.filter(learner)).toEqual([]);
          }
          return next;
        });
      }),
    );
  });

  it('takes a replica out of the set whose store does not know the start that registered last, whatever it says of epochs', () => {
    const registering = (starts: readonly string[] | undefined, inDoubt = false): Command => {
      const own = { inDoubt, begunEpoch: 0, renouncedEpoch: 9, starts };
      return { kind: 'register-broker', brokerName: 'a', brokerId: 2, address: 'h2:1', ...own };
    };
    const all = [1, 2, 3];
    const until = [electing(1, []), altering({ syncStateSet: all, alive: all }), electing(undefined, [2])];
    const outcome = (...commands: readonly Command[]) => {
      const before = [...FOUNDING, registering(['s1']), ...until].reduce(
        (one, each) => apply(one, each).state,
        EMPTY_STATE,
      );
      const outcomes = commands.slice(1).reduce((one, each) => apply(one.state, each), apply(before, commands[0]!));
      return [outcomes.set?.syncStateSet, outcomes.remark?.slice(0, 46)];
    };
    expect(outcome(registering(['s1', 's2']))).toEqual([[2], undefined]);
    expect(outcome(registering(undefined))).toEqual([[2], undefined]);
    const why = 'the store of replica 2 of a was set back to an';
    expect(outcome(registering(['s3']))).toEqual([[], why]);
    expect(outcome(registering(['s1', 's2']), registering(['s1', 's3']))).toEqual([[], why]);
    // The same process again, as after a lost answer; and the store of before.
    expect(outcome(registering(['s1', 's2']), registering(['s1', 's2']))).toEqual([[2], undefined]);
    expect(outcome(registering(['s3'], true))).toEqual([[], why]);
    // What an earlier start sent, and came late; the store that was set back, and the one of before put back.
    const late = 'a later start of replica 2 of a has registered';
    expect(outcome(registering(['s1', 's2', 's3']), registering(['s1', 's2']))).toEqual([[2], late]);
    expect(outcome(registering(['s2', 's3']), registering(['s1'], true))).toEqual([[], late]);
    expect(outcome(registering(['s3']), registering(['s1', 's2']))).toEqual([[], why]);
  });

  it('survives a snapshot and the log', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 30 }), (commands) => {
        const state = commands.reduce((before, command) => apply(before, command).state, EMPTY_STATE);
        expect(decodeState(JSON.parse(JSON.stringify(encodeState(state))))).toEqual(state);
        for (const command of commands) {
          const read = decodeCommand(1, Buffer.from(JSON.stringify(command)));
          expect(apply(state, read).code).toBe(apply(state, command).code);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('refuses to replay what it does not know', () => {
    const read = (version: number, body: object) => () => decodeCommand(version, Buffer.from(JSON.stringify(body)));
    const register = { kind: 'register-broker', brokerName: 'b', brokerId: 1, address: 'h:1', inDoubt: false };
    expect(read(1, register)).not.toThrow();
    expect(read(2, register)).toThrow('version 2');
    expect(read(1, { ...register, zone: 'z' })).toThrow('"zone"');
    expect(read(1, { kind: 'split' })).toThrow('"split"');
  });
});
