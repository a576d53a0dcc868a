import { describe, expect, test } from 'vitest';
import { describePlan } from '../../../../jepsen-lite/drill/plan/describe-plan.ts';
import { planSchema } from '../../../../jepsen-lite/drill/plan/plan-schema.ts';
import { presetNamed, presets } from '../../../../jepsen-lite/drill/plan/presets.ts';
import { checkPlan, readPlan, WrongPlan } from '../../../../jepsen-lite/drill/plan/read-plan.ts';
import { schemaProblem } from '../../../../jepsen-lite/drill/plan/schema.ts';

const yaml = `
# Two faults, one after another.
name: twice
target: { nodes: 5, brokerKeys: { flushDiskType: SYNC_FLUSH } }
load:
  rate: 100
phases:
  - faults: [{ kind: kill, target: leader, forMs: 1000 }]   # by default at once
    until: steady
  - name: second
    note: Look at the dashboard.
    faults:
      - { kind: minor-suspend, target: n3, atMs: 500 }
expect: { rtoMs: 800 }
`;

const json = `// The same
{
  "name": "twice", /* in JSON */
  "target": { "nodes": 5, "brokerKeys": { "flushDiskType": "SYNC_FLUSH" } },
  "load": { "rate": 100 },
  "phases": [
    { "faults": [{ "kind": "kill", "target": "leader", "forMs": 1000 }], "until": "steady" },
    { "name": "second", "note": "Look at the dashboard.", "faults": [{ "kind": "minor-suspend", "target": "n3", "atMs": 500 }] }
  ],
  "about": "The drill twice.", // http://127.0.0.1 is no comment inside a text
  "expect": { "rtoMs": 800 }
}`;

test('a plan in YAML, with defaults for what it leaves out', () => {
  const plan = readPlan(yaml, 'file');
  expect(plan).toMatchObject({
    name: 'twice',
    about: 'The drill twice.',
    target: { kind: 'ledgermq', nodes: 5, brokerKeys: { flushDiskType: 'SYNC_FLUSH' } },
    load: { rate: 100, senders: 8 },
    expect: { rtoMs: 800, rtoFrom: 'fault', lost: 0 },
    repeat: 1,
  });
  expect(plan.phases).toEqual([
    {
      name: 'phase 1',
      until: 'steady',
      timeoutMs: 30_000,
      faults: [{ kind: 'kill', target: 'leader', atMs: 0, forMs: 1_000 }],
    },
    {
      name: 'second',
      note: 'Look at the dashboard.',
      until: 'over',
      timeoutMs: 30_000,
      faults: [{ kind: 'pause', target: 'n3', atMs: 500, forMs: 2_000 }],
    },
  ]);
});

test('JSON with comments is the same plan', () => {
  expect(readPlan(json, 'file')).toEqual(readPlan(yaml, 'file'));
});

test('a name of OpenChaos means whom it says, unless the plan says whom', () => {
  const faultsOf = (fault: string, more = '') =>
    readPlan(`{ faults: [${fault}], target: { nodes: 5 }${more} }`, 'x').phases[0]?.faults.map(
      ({ kind, target, forMs }) => `${kind} ${target} ${forMs}`,
    );
  expect(faultsOf('{ kind: minor-kill, forMs: 9 }')).toEqual(['kill follower 9', 'kill other-follower 9']);
  expect(faultsOf('{ kind: minor-kill, forMs: 9, target: n3 }')).toEqual(['kill n3 9']);
  expect(() => faultsOf('{ kind: major-kill }')).toThrow('the faults may take 3 of 5 members away');
  expect(faultsOf('{ kind: major-kill }', ', allowQuorumLoss: true')).toHaveLength(3);
  expect(() => faultsOf('{ kind: bridge, target: n0 }')).toThrow('faults[0].target: bridge says itself which links');
  expect(readPlan('{ faults: [{ kind: partition-majorities-ring }] }', 'x').phases[0]?.faults).toMatchObject([
    { kind: 'cut', target: 'n0', other: 'n1', mode: 'both' },
  ]);
});

test('a fault that hits all means all where the plan does not say whom', () => {
  const plan = readPlan('{ allowQuorumLoss: true, faults: [{ kind: blackout }, { kind: rolling }] }', 'x');
  expect(plan.phases[0]?.faults.map(({ target }) => target)).toEqual(['all', 'all']);
  expect(describePlan(plan)).toContain('blackout of all, by');
  const other = readPlan('{ faults: [{ kind: name-server }, { kind: transfer, other: n1 }] }', 'x');
  expect(other.phases[0]?.faults.map(({ target }) => target)).toEqual(['all', 'leader']);
});

test('a preset with other values', () => {
  const plan = readPlan('{ preset: leader-kill, repeat: 3, load: { rate: 50 } }', 'file');
  expect(plan).toMatchObject({ name: 'leader-kill', repeat: 3, load: { rate: 50 }, expect: { rtoMs: 500 } });
  expect(plan.phases).toEqual(presetNamed('leader-kill')?.phases);
  expect(readPlan('{ preset: slow-disk, target: { nodes: 5 } }', 'file').target).toMatchObject({
    nodes: 5,
    brokerKeys: { flushDiskType: 'SYNC_FLUSH' },
  });
  expect(readPlan('faults: [{ kind: kill }]', 'My first Plan')).toMatchObject({ name: 'my-first-plan' });
});

test('the name of a long file is cut, and the longest name that a plan may have is one', () => {
  expect(readPlan('faults: [{ kind: kill }]', 'Ab '.repeat(80)).name).toHaveLength(100);
  const longest = 'a'.repeat(100);
  expect(readPlan(`{ preset: pause, name: ${longest} }`, 'file').name).toBe(longest);
});

test('an alias that names nothing is refused, as is one that grows without end', () => {
  expect(() => readPlan('faults: *b', 'file')).toThrow(WrongPlan);
  const bomb = [
    'a: &a [x, x]',
    ...Array.from(
      { length: 12 },
      (_, at) => `b${at}: &b${at} [*${at === 0 ? 'a' : `b${at - 1}`}, *${at === 0 ? 'a' : `b${at - 1}`}]`,
    ),
  ];
  expect(() => readPlan(bomb.join('\n'), 'file')).toThrow(WrongPlan);
});

describe('what makes no sense is refused with one sentence', () => {
  const members = 'members: [{ name: n0, address: "h:1" }, { name: n1, address: "h:2" }, { name: n2, address: "h:3" }]';
  const pausable = 'members: [{ name: n0, address: "h:1", pause: p, resume: r }]';
  test.for([
    ['', 'the plan: null must be a set of keys'],
    ['a: [', 'Flow sequence in block collection must be'],
    ['fault: []', 'fault: there is no such key; known are preset, name'],
    ['name: x', 'faults is missing; without a preset a plan says what happens'],
    ['preset: nothing', 'preset: "nothing" must be one of leader-kill, pause'],
    [`{ preset: pause, name: ${'a'.repeat(101)} }`, 'must be at most 100 small letters, digits and hyphens'],
    ['preset: pause\n---\npreset: leader-kill', 'there are several documents, divided by ---; put each into a file'],
    ['name: A B', 'name: "A B" must be at most 100 small letters, digits and hyphens'],
    ['faults: []', 'faults: at least 1 must be listed'],
    ['faults: [{ target: leader }]', 'faults[0].kind is missing'],
    [
      'faults: [{ kind: flood }]',
      'faults[0].kind: "flood" is no fault that can be made on processes; drill --list-faults names them',
    ],
    [
      'faults: [{ kind: kill, target: boss }]',
      'faults[0].target: "boss" must be leader, follower, other-follower, all, or a member such as n0',
    ],
    ['faults: [{ kind: kill, forMs: "2s" }]', 'faults[0].forMs: "2s" must be a whole number'],
    ['faults: [{ kind: kill, forMs: -1 }]', 'faults[0].forMs: -1 must be at least 0'],
    ['faults: [{ kind: kill, target: n3 }]', 'the fault kill means n3, but the members are n0, n1, n2'],
    ['{ faults: [{ kind: kill }], phases: [{ faults: [{ kind: kill }] }] }', 'faults and phases exclude each other'],
    ['{ preset: pause, target: { kind: kafka } }', 'target.kind: "kafka" must be one of ledgermq, rocketmq, running'],
    ['{ preset: pause, target: { kind: running } }', 'target.nameServer is missing'],
    [
      `{ preset: pause, target: { kind: running, nameServer: here, ${members} } }`,
      'target.nameServer: "here" must be a name server, host:port',
    ],
    [
      '{ preset: pause, target: { brokerKeys: { flushDiskTyp: SYNC_FLUSH } } }',
      'target.brokerKeys.flushDiskTyp: the broker has no such key; mqbroker -p prints those that it has',
    ],
    [
      '{ preset: pause, target: { brokerKeys: { flushDiskType: SYNC } } }',
      'target.brokerKeys.flushDiskType: "SYNC" must be one of ASYNC_FLUSH, SYNC_FLUSH',
    ],
    ...['ledgermq', 'rocketmq'].flatMap((kind) =>
      ['storePathRootDir', 'listenPort', 'namesrvAddr', 'dLegerPeers', 'enableControllerMode'].map(
        (key) =>
          [
            `{ preset: pause, target: { kind: ${kind}, brokerKeys: { ${key}: "1" } } }`,
            `target.brokerKeys.${key}: the drill gives this key to each of its brokers itself; leave it out`,
          ] as const,
      ),
    ),
    [
      '{ preset: controller-loss, target: { mode: dledger } }',
      'preset: controller-loss: mode dledger has no Controller; say --mode controller',
    ],
    [
      '{ preset: pause, target: { version: 5.3.3 } }',
      'target.version: there is no such key; known are kind, mode, cuts, nodes, brokerKeys',
    ],
    [
      `{ preset: pause, target: { kind: running, nameServer: "h:9", ${members} } }`,
      'target.members: n0 has no command pause, which pause needs',
    ],
    [
      `{ preset: asymmetric, target: { kind: running, nameServer: "h:9", ${members} } }`,
      'the fault deaf cannot be made on a running group; kill, stop',
    ],
    [
      '{ preset: slow-disk, target: { kind: rocketmq } }',
      "the fault slow-disk cannot be made on RocketMQ's own brokers; kill, stop",
    ],
    ['{ preset: slow-disk, target: { mode: wonder } }', 'target.mode: "wonder" must be one of dledger, controller'],
    ['{ preset: bit-rot, target: { mode: controller } }', 'mode controller does not promise to survive the fault rot'],
    [
      '{ faults: [{ kind: slow-link }], target: { cuts: namespaces } }',
      'target.cuts: only proxies make the fault slow-link, not namespaces',
    ],
    ['{ preset: controller-loss, target: { nodes: 5 } }', 'target.nodes: mode controller has 3 brokers, not 5'],
    [
      '{ faults: [{ kind: isolate, target: all }] }',
      'the fault isolate hits one member, not all; write it once for each',
    ],
    ['{ faults: [{ kind: slow-disk, target: all }] }', 'the fault slow-disk hits one member'],
    ['{ faults: [{ kind: isolate, mode: wat }] }', 'the fault isolate has no mode wat; there are peers, all'],
    ['{ faults: [{ kind: rot, mode: flop }] }', 'the fault rot has no mode flop; there are flip, flips, zero, cut'],
    [
      '{ faults: [{ kind: rot, amount: 999999999 }] }',
      'the fault rot cannot have amount 999999999; whole numbers from 0',
    ],
    ['{ faults: [{ kind: kill, mode: wat }] }', 'the fault kill has no modes; leave out mode wat'],
    ['{ faults: [{ kind: kill, amount: 3 }] }', 'the fault kill has no amount; leave out amount 3'],
    ['{ faults: [{ kind: slow-link, amount: -3 }] }', 'the fault slow-link cannot have amount -3'],
    ['{ faults: [{ kind: clock-jump }] }', 'the fault clock-jump without an amount changes nothing; give it one'],
    ['{ faults: [{ kind: clock-jump, amount: 0 }] }', 'the fault clock-jump without an amount changes nothing'],
    ['{ faults: [{ kind: pause, forMs: 0 }] }', 'the fault pause for 0 ms changes nothing; give it a longer forMs'],
    ['{ faults: [{ kind: slow-disk, amount: 0 }] }', 'slow-disk cannot have amount 0; whole numbers from 1 to'],
    [
      `{ faults: [{ kind: pause, forMs: 0 }], target: { kind: running, nameServer: "h:9", ${pausable} } }`,
      'the fault pause for 0 ms changes nothing',
    ],
    [
      '{ allowQuorumLoss: true, faults: [{ kind: blackout, target: n2 }] }',
      'the fault blackout cannot have target n2; all is the only one',
    ],
    [
      '{ faults: [{ kind: rolling, target: leader, forMs: 9000 }] }',
      'the fault rolling cannot have target leader; all is the only one',
    ],
    ['{ faults: [{ kind: name-server, target: n2 }] }', 'the fault name-server cannot have target n2; all is the'],
    ['{ faults: [{ kind: transfer, target: n2 }] }', 'the fault transfer cannot have target n2; leader is the only'],
    ['{ faults: [{ kind: kill, other: follower }] }', 'the fault kill has no other end; leave out other follower'],
    [
      `{ faults: [{ kind: pause, other: n0 }], target: { kind: running, nameServer: "h:9", ${pausable} } }`,
      'the fault pause has no other end; leave out other n0',
    ],
    ['{ faults: [{ kind: disk-error, mode: raed }] }', 'disk-error has no mode raed; there are sync, write, read'],
    ['{ faults: [{ kind: cut, other: leader }] }', 'the fault cut goes from leader to leader, which are one'],
    ['{ faults: [{ kind: kill }], steady: { forMs: 0 } }', 'steady.forMs: 0 must be at least 100'],
    ['{ preset: pause, recoverMs: 0 }', 'recoverMs: 0 must be at least 1'],
    ['{ preset: pause, abort: { stallMs: 0 } }', 'abort.stallMs: 0 must be at least 1'],
    ['{ preset: pause, abort: { maxP99Ms: 0 } }', 'abort.maxP99Ms: 0 must be at least 1'],
    ['{ preset: pause, load: { sendTimeoutMs: 0 } }', 'load.sendTimeoutMs: 0 must be at least 1'],
    ['{ preset: pause, steady: { maxP99Ms: 0 } }', 'steady.maxP99Ms: 0 must be at least 1'],
    [
      '{ preset: pause, expect: { lost: 5 } }',
      'expect.lost: 5 must be at most 0 (acknowledged messages that may be lost; the checkers fail a drill with the',
    ],
    [
      '{ preset: pause, expect: { orderBreaks: 1 } }',
      'expect.orderBreaks: 1 must be at most 0 (breaks of the order of',
    ],
    ...['ledgermq', 'rocketmq'].map(
      (kind) =>
        [
          `{ preset: pause, allowQuorumLoss: true, target: { kind: ${kind}, nodes: 1 } }`,
          'target.nodes: 1 must be at least 2 (members)',
        ] as const,
    ),
    ['{ preset: pause, repeat: 0 }', 'repeat: 0 must be at least 1'],
    ['{ preset: pause, steady: { maxErrorShare: 2 } }', 'steady.maxErrorShare: 2 must be at most 1'],
    ['{ preset: pause, recoverMs: 1000 }', 'expect.rtoMs: 3000 is never reached, because recoverMs is 1000'],
    [
      '{ preset: pause, load: { rate: 2 } }',
      'expect.rtoMs: 3000 cannot be seen to hold, because no outage below 5000 ms shows under load.rate 2',
    ],
    ['{ preset: pause, expect: { rtoMs: 24 } }', 'no outage below 25 ms shows under load.rate 400'],
    ['{ preset: pause, load: { rate: 10000 }, expect: { rtoMs: 14 } }', 'no outage below 15 ms shows'],
    ['{ preset: pause, abort: { stallMs: 1000 } }', 'abort.stallMs stops the drill after 1000; make that longer'],
  ] as const)('%s', ([text, sentence]) => {
    expect(() => readPlan(text, 'file')).toThrow(sentence);
  });
});

test('what the load shows can be a limit, and without a limit any load can be played', () => {
  expect(readPlan('{ preset: pause, expect: { rtoMs: 25 } }', 'file').expect.rtoMs).toBe(25);
  expect(readPlan('{ preset: pause, load: { rate: 4 } }', 'file').load.rate).toBe(4);
  expect(readPlan('{ faults: [{ kind: pause }], load: { rate: 1 } }', 'file').load.rate).toBe(1);
});

test('presets can be played, and their names are told apart', () => {
  for (const plan of presets) {
    expect(() => checkPlan(plan)).not.toThrow();
    expect(describePlan(plan)).not.toContain('by nothing');
  }
  expect(new Set(presets.map(({ name }) => name)).size).toBe(presets.length);
  expect(presets.filter(({ allowQuorumLoss }) => allowQuorumLoss).map(({ name }) => name)).toEqual([
    'disk-full',
    'full-blackout',
  ]);
});

describe('two members of a running group that would be one', () => {
  const members = (second: string) =>
    `{ preset: leader-kill, target: { kind: running, nameServer: "h:9", members: [{ name: n0, address: "h:1", http: "http://h:5", kill: k, start: s }, { ${second}, kill: k, start: s }, { name: n2, address: "h:3", kill: k, start: s }] } }`;
  test.for([
    ['name: n0, address: "h:2"', 'target.members[1].name: target.members[0] has n0, too; each member needs one of its'],
    ['name: n1, address: "H:1"', 'target.members[1].address: target.members[0] has H:1, too'],
    ['name: n1, address: "h:2", http: "http://h:5"', 'target.members[1].http: target.members[0] has http://h:5, too'],
  ] as const)('%s: refused', ([second, sentence]) => {
    expect(() => readPlan(members(second), 'file')).toThrow(sentence);
  });

  test('who has nothing in common with others is a member', () => {
    expect(readPlan(members('name: n1, address: "h:2"'), 'file').target).toMatchObject({ kind: 'running' });
  });
});

test('a dry run says whom, when, by what means, and what has to hold', () => {
  const text = describePlan(readPlan(yaml, 'file'));
  expect(text).toContain('target: a DLedger group of 5 that the drill starts, with flushDiskType=SYNC_FLUSH');
  expect(text).toContain('     0 to   1000 ms  kill of leader, by SIGKILL, and a start');
  expect(text).toContain('waits for people: Look at the dashboard.');
  expect(text).toContain('rtoMs at most 800 from the fault');
  const running = readPlan(
    '{ preset: leader-kill, target: { kind: running, nameServer: "h:9", members: [{ name: n0, address: "h:1", kill: "k 0", start: "s 0" }, { name: n1, address: "h:2", kill: "k 1", start: "s 1" }, { name: n2, address: "h:3", kill: "k 2", start: "s 2" }] } }',
    'file',
  );
  expect(describePlan(running)).toContain('by n0: "k 0", then "s 0"; n1: "k 1", then "s 1"');
});

test('a plan may say of loss and order what holds in any case, and a group may be of two', () => {
  const plan = readPlan(
    '{ preset: pause, allowQuorumLoss: true, target: { nodes: 2 }, expect: { lost: 0, orderBreaks: 0 } }',
    'file',
  );
  expect(plan).toMatchObject({ target: { nodes: 2 }, expect: { lost: 0, orderBreaks: 0 } });
});

test('the schema describes what it allows', () => {
  expect(schemaProblem(planSchema, { preset: 'pause' })).toBeUndefined();
  expect(JSON.parse(JSON.stringify(planSchema))).toMatchObject({ type: 'object', additionalProperties: false });
});

test('what a preset may take down, it may with its own faults alone', () => {
  expect(readPlan('{ preset: full-blackout }', 'file').allowQuorumLoss).toBe(true);
  const all = 'faults: [{ kind: kill, target: n0 }, { kind: kill, target: n1 }, { kind: kill, target: n2 }]';
  expect(() => readPlan(`{ preset: full-blackout, ${all} }`, 'file')).toThrow('may take 3 of 3 members away');
  expect(readPlan(`{ preset: full-blackout, allowQuorumLoss: true, ${all} }`, 'file').allowQuorumLoss).toBe(true);
});

test('what a preset is called, tells and expects goes with its own faults alone', () => {
  const own = readPlan(
    '{ preset: full-blackout, faults: [{ kind: pause, target: follower, forMs: 1000 }] }',
    'Short pause',
  );
  expect(own).toMatchObject({ name: 'short-pause', about: 'The drill short-pause.' });
  expect(own.expect).toEqual({ rtoFrom: 'fault', lost: 0, orderBreaks: 0 });
  const phased = readPlan('{ preset: bit-rot, about: Mine., phases: [{ faults: [{ kind: pause }] }] }', 'file');
  expect(phased).toMatchObject({ name: 'file', about: 'Mine.', load: presetNamed('bit-rot')?.load });
  const { name, about, expect: expected } = readPlan('{ preset: full-blackout, repeat: 2 }', 'file');
  expect({ name, about, expect: expected }).toEqual({
    name: 'full-blackout',
    about: presetNamed('full-blackout')?.about,
    expect: presetNamed('full-blackout')?.expect,
  });
});

test('a preset of another mode may be the base of other faults', () => {
  const plan = readPlan('{ preset: controller-loss, target: { mode: dledger }, faults: [{ kind: kill }] }', 'p');
  expect(plan.target).toMatchObject({ mode: 'dledger' });
});

test("keys that mean nothing here, and those of RocketMQ's own brokers, are left to the brokers", () => {
  const keys = (target: string): unknown => readPlan(`{ preset: pause, target: ${target} }`, 'p').target;
  expect(keys('{ brokerKeys: { warmMapedFileEnable: "true" } }')).toMatchObject({ kind: 'ledgermq' });
  expect(keys('{ kind: rocketmq, brokerKeys: { newerKey: "1" } }')).toMatchObject({ kind: 'rocketmq' });
});
