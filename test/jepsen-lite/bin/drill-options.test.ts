import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readDrillCommand } from '../../../jepsen-lite/bin/drill-options.ts';

test('a preset with options', () => {
  const args = ['leader-kill', '--repeat', '3', '--dir', 'x', '--keep', '--target', 'rocketmq', '--seed=9'];
  expect(readDrillCommand(args, 5)).toMatchObject({
    what: 'play',
    plan: { name: 'leader-kill', repeat: 3, target: { kind: 'rocketmq', nodes: 3, version: '5.3.3' } },
    replay: ['leader-kill', '--target', 'rocketmq', '--repeat', '3', '--keep'],
    seed: 9,
    directory: 'x',
    keep: true,
  });
  expect(readDrillCommand(['pause', '--dry-run', '--nodes', '5'], 5)).toMatchObject({
    what: 'dry-run',
    plan: { target: { kind: 'ledgermq', nodes: 5 } },
    seed: 5,
  });
  expect(readDrillCommand(['leader-kill', '--mode', 'controller'], 5)).toMatchObject({
    plan: { target: { kind: 'ledgermq', mode: 'controller', nodes: 3 } },
  });
});

test('a rolling restart is one of all members, how many there are whoever says so', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledgermq-drill-'));
  const file = join(folder, 'plan.yaml');
  const restarted = (...args: string[]): string => {
    const command = readDrillCommand(args, 1);
    return 'plan' in command ? command.plan.phases.map(({ faults }) => faults[0]?.target).join(' ') : '';
  };
  try {
    expect(restarted('rolling-restart')).toBe('n0 n1 n2');
    expect(restarted('rolling-restart', '--nodes', '5')).toBe('n0 n1 n2 n3 n4');
    writeFileSync(file, '{ preset: rolling-restart, target: { nodes: 4 } }');
    expect(restarted(file)).toBe('n0 n1 n2 n3');
    expect(restarted(file, '--nodes', '5')).toBe('n0 n1 n2 n3 n4');
    const member = (name: string): string => `{ name: ${name}, address: "${name}:1", stop: s, start: t }`;
    const members = ['n2', 'n4', 'n7'].map(member).join(', ');
    writeFileSync(
      file,
      `{ preset: rolling-restart, target: { kind: running, nameServer: "h:2", members: [${members}] } }`,
    );
    expect(restarted(file)).toBe('n2 n4 n7');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('refused with one sentence:', () => {
  test.for([
    [[], 'the name of a drill or a plan file is needed'],
    [['nonsense'], 'nonsense: there is no such plan file, and no drill of this name'],
    [[tmpdir(), '--dry-run'], `${tmpdir()}: this is a folder; name a file in it`],
    [['leader-kill', 'pause'], 'pause: one drill at a time'],
    [['leader-kill', '--repeat', '0'], '--repeat 0: a whole number from 1 to 1000 is needed'],
    [['leader-kill', '--target', 'kafka'], '--target kafka: ledgermq or rocketmq is needed'],
    [['leader-kill', '--cuts', 'knife'], '--cuts knife: there are proxies and namespaces'],
    [
      ['leader-kill', '--target', 'rocketmq', '--cuts', 'namespaces'],
      "--cuts namespaces: links of RocketMQ's group are cut",
    ],
    [['leader-kill', '--mode', 'master'], '--mode master: there are dledger and controller'],
    [
      ['partition', '--target', 'rocketmq', '--mode', 'controller'],
      "the fault isolate cannot be made on RocketMQ's brokers in mode",
    ],
    [
      ['controller-loss', '--mode', 'dledger'],
      'controller-loss: mode dledger has no Controller; say --mode controller, or target.mode: controller',
    ],
    [['controller-loss', '--target', 'rocketmq'], 'controller-loss: mode dledger has no Controller; say --mode'],
    [['leader-kill', '--nodes', '1', '--allow-quorum-loss'], '--nodes 1: a whole number from 2 to 9 is needed'],
    [['leader-kill', '--nodes', '2'], 'leader-kill: the faults may take 1 of 2 members away at the same time'],
    [['leader-kill', '--sed', '1'], "Unknown option '--sed'"],
    [['leader-kill', '--seed', '1', '--seed=2'], '--seed is given twice'],
    [['compare', 'a'], 'compare: two reports are needed'],
  ] as const)('%j', ([args, sentence]) => {
    expect(() => readDrillCommand([...args], 1)).toThrow(sentence);
  });
});

test('a game day has the plans of its drills, by name or from its folder on, with the target of the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledgermq-drill-'));
  try {
    const file = join(folder, 'friday.yaml');
    writeFileSync(join(folder, 'mine.yaml'), '{ faults: [{ kind: kill }], repeat: 2 }');
    writeFileSync(file, 'drills: [{ drill: pause, repeat: 4 }, { drill: mine.yaml }]');
    expect(readDrillCommand(['game-day', file, '--nodes', '5', '--now', '--seed', '3'], 1)).toMatchObject({
      what: 'play-game-day',
      seed: 3,
      isNow: true,
      day: { name: 'friday' },
      parts: [
        { plan: { name: 'pause', repeat: 4, target: { nodes: 5 } } },
        { plan: { name: 'mine', repeat: 2, target: { nodes: 5 } } },
      ],
    });
    expect(readDrillCommand(['game-day', file, '--dry-run'], 1)).toMatchObject({ what: 'describe-game-day' });
    expect(readDrillCommand(['game-day', '--schema'], 1)).toEqual({ what: 'game-day-schema' });
    writeFileSync(file, 'drills: [{ drill: yours.yaml }]');
    expect(() => readDrillCommand(['game-day', file], 1)).toThrow('yours.yaml: there is no such plan file');
    writeFileSync(file, 'drill: pause');
    expect(() => readDrillCommand(['game-day', file], 1)).toThrow('friday.yaml: drills is missing');
    expect(() => readDrillCommand(['game-day', folder], 1)).toThrow('this is a folder; name a file in it');
    expect(() => readDrillCommand(['game-day'], 1)).toThrow('game-day: one file is needed');
    expect(() => readDrillCommand(['pause', '--now'], 1)).toThrow('--now: only game days have a calendar');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a drill of a game day is repeated alone by what plays the same plan', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledgermq-drill-'));
  try {
    mkdirSync(join(folder, 'sub'));
    const file = join(folder, 'friday.yaml');
    writeFileSync(join(folder, 'sub', 'mine.yaml'), '{ faults: [{ kind: kill }], repeat: 3 }');
    writeFileSync(file, 'drills: [{ drill: sub/mine.yaml, repeat: 2 }, { drill: pause }, { drill: sub/mine.yaml }]');
    const how = ['--target=rocketmq', '--nodes', '5', '--mode', 'dledger', '--allow-quorum-loss', '--keep'];
    const command = readDrillCommand(['game-day', file, '--now', '--seed', '3', '--dir', 'x', ...how], 1);
    if (!('parts' in command)) throw new Error('a game day has parts');
    expect(command.parts.map(({ replay }) => replay.slice(0, 1))).toEqual([
      [join(folder, 'sub/mine.yaml')],
      ['pause'],
      [join(folder, 'sub/mine.yaml')],
    ]);
    for (const { plan, replay } of command.parts)
      expect(readDrillCommand([...replay], 1)).toMatchObject({ plan, replay, keep: true });
    expect(command.parts.map(({ plan }) => plan.repeat)).toEqual([2, 1, 3]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('other things to do', () => {
  expect(readDrillCommand(['--help'], 1)).toEqual({ what: 'help' });
  expect(readDrillCommand(['--schema'], 1)).toEqual({ what: 'schema' });
  expect(readDrillCommand(['--list-faults'], 1)).toEqual({ what: 'list-faults' });
  expect(readDrillCommand(['compare', 'a', 'b'], 1)).toEqual({ what: 'compare', reports: ['a', 'b'] });
});

test('whether faults may break the majority of a running group, the command line alone decides', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledgermq-drill-'));
  try {
    const file = join(folder, 'plan.yaml');
    const members = [0, 1, 2].map((at) => `{ name: n${at}, address: "h:${at}", kill: k, start: s }`).join(', ');
    const target = `{ kind: running, nameServer: "h:9", members: [${members}] }`;
    writeFileSync(file, `{ preset: full-blackout, allowQuorumLoss: true, target: ${target} }`);
    expect(() => readDrillCommand([file], 1)).toThrow('full-blackout: the faults may take 3 of 3 members away');
    expect(readDrillCommand([file, '--allow-quorum-loss'], 1)).toMatchObject({ plan: { allowQuorumLoss: true } });
    for (const own of [target, '{ kind: ledgermq }']) {
      writeFileSync(file, `{ faults: [{ kind: kill }, { kind: kill, target: follower }], target: ${own} }`);
      expect(() => readDrillCommand([file], 1)).toThrow('the faults may take 2 of 3 members away');
      expect(readDrillCommand([file, '--allow-quorum-loss'], 1)).toMatchObject({ plan: { allowQuorumLoss: true } });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
