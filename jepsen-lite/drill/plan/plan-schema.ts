import { liveModeNames } from '../../live/chaos/live-modes.ts';
import { cutMeans } from '../../live/network/open-network.ts';
import { NODES } from './plan.ts';
import { nameSchema } from './plan-name.ts';
import type { Schema } from './schema.ts';

const HOUR_MS = 3_600_000;

function text(description: string): Schema {
  return { type: 'string', description };
}

function milliseconds(description: string): Schema {
  return { type: 'integer', minimum: 0, maximum: HOUR_MS, description: `${description}, ms` };
}

/** For what 0 would make impossible. */
function someMilliseconds(description: string): Schema {
  return { ...milliseconds(description), minimum: 1 };
}

function count(description: string, minimum: number, maximum: number): Schema {
  return { type: 'integer', minimum, maximum, description };
}

function section(description: string, properties: Readonly<Record<string, Schema>>, required: string[] = []): Schema {
  return { type: 'object', description, properties, required, additionalProperties: false };
}

const MOST = 1_000_000_000;
const nodes = count('members', NODES.least, NODES.most);
const brokerKeys: Schema = {
  type: 'object',
  description: 'keys for all brokers, over those that the drill gives them; values as text',
  additionalProperties: { type: 'string' },
};
const address: Schema = { type: 'string', pattern: '^\\S+:[0-9]+$', description: 'host:port' };
const memberName: Schema = { type: 'string', pattern: '^n[0-9]$', description: 'a name from n0 to n9' };
const command = (what: string): Schema => text(`shell command that ${what}; it is over when it has happened`);

const mode: Schema = {
  type: 'string',
  enum: liveModeNames,
  description: 'dledger, or controller: three brokers on the native store, and a Controller inside their name server',
};

const target: Schema = {
  description: 'what the drill is done to',
  oneOf: [
    section('a group of LedgerMQ that the drill starts', {
      kind: { const: 'ledgermq' },
      mode,
      cuts: {
        type: 'string',
        enum: cutMeans,
        description: 'what cuts links: proxies, or network namespaces of the kernel, which need root, ip and nsenter',
      },
      nodes,
      brokerKeys,
    }),
    section('a group of Apache RocketMQ that the drill starts, from the published jars (Maven and Java needed)', {
      kind: { const: 'rocketmq' },
      mode,
      nodes,
      version: { type: 'string', pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+$', description: 'a version such as 5.3.3' },
      brokerKeys,
    }),
    section(
      'a group that runs already, and whose processes are ended and started by commands of this plan',
      {
        kind: { const: 'running' },
        server: {
          type: 'string',
          enum: ['ledgermq', 'rocketmq'],
          description: 'whose promises hold for refused sends',
        },
        nameServer: { ...address, description: 'a name server, host:port' },
        members: {
          type: 'array',
          minItems: 1,
          items: section(
            'a broker of the group',
            {
              name: memberName,
              address: { ...address, description: 'where the name server says that it is, host:port' },
              http: text(
                'base address of its HTTP pages, such as http://host:30916: then it is asked whether it is ready and free of doubt',
              ),
              kill: command('ends it without warning'),
              stop: command('lets it end in order'),
              start: command('starts it again'),
              pause: command('halts it'),
              resume: command('lets it go on'),
              isolate: command('cuts it from the others'),
              rejoin: command('ends that'),
            },
            ['name', 'address'],
          ),
        },
      },
      ['kind', 'nameServer', 'members'],
    ),
  ],
};

const faults: Schema = {
  type: 'array',
  minItems: 1,
  description: 'what happens, counted from the beginning of the phase',
  items: section(
    'a fault',
    {
      kind: text('its name, one of ours (drill --list-faults) or of OpenChaos'),
      target: {
        type: 'string',
        pattern: '^(leader|follower|other-follower|all|n[0-9])$',
        description: 'leader, follower, other-follower, all, or a member such as n0',
      },
      atMs: milliseconds('when'),
      forMs: milliseconds('how long it lasts, or how long what was ended stays away'),
      other: {
        type: 'string',
        pattern: '^(leader|follower|other-follower|n[0-9])$',
        description: 'the other end of a link: leader, follower, other-follower, or a member such as n0',
      },
      amount: { type: 'number', description: 'how much; the unit depends on the kind' },
      mode: text('which way; the words depend on the kind'),
    },
    ['kind'],
  ),
};

const phases: Schema = {
  type: 'array',
  minItems: 1,
  description: 'played one after another',
  items: section(
    'faults that are played together',
    {
      name: text('for people'),
      note: text('a step for people: it is shown, and the phase begins when they press Enter'),
      faults,
      until: {
        type: 'string',
        enum: ['over', 'steady'],
        description: 'the next phase begins when the faults are over, or when all is steady after them',
      },
      timeoutMs: milliseconds('longest wait for that, after the faults'),
    },
    ['faults'],
  ),
};

/** What a plan file may say: `drill --schema` prints this. */
export const planSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'LedgerMQ drill',
  ...section('A failover drill. Everything that is left out has a default.', {
    preset: text('a drill that comes with the program, whose keys hold where this plan has none'),
    name: nameSchema,
    about: text('what happens, in one sentence'),
    target,
    load: section('what clients do meanwhile', {
      rate: count('messages a second that the senders aim at together', 1, 10_000),
      senders: count('sends that may be on their way at once', 1, 256),
      bodyBytes: count('size of a body', 16, 1 << 20),
      sendTimeoutMs: someMilliseconds('timeout of a send'),
    }),
    steady: section('what it looks like when all is well: looked for before each trial and after it', {
      forMs: { ...milliseconds('it has looked so for so long'), minimum: 100 },
      timeoutMs: milliseconds('longest wait for it before a trial'),
      maxErrorShare: { type: 'number', minimum: 0, maximum: 1, description: 'share of sends that may fail' },
      maxP99Ms: someMilliseconds('p99 of the sends'),
      maxLag: count('acknowledged messages that the consumer has not seen', 0, MOST),
    }),
    faults,
    phases,
    recoverMs: someMilliseconds('how long after the faults all may take to be steady again'),
    abort: section('when the drill stops at once and rolls back', {
      stallMs: someMilliseconds('no message was acknowledged for so long'),
      maxErrorShare: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        description: 'share of sends of the last five seconds that failed',
      },
      maxP99Ms: someMilliseconds('p99 of the sends of the last five seconds that were acknowledged'),
      maxLag: count('acknowledged messages that the consumer has not seen', 0, MOST),
    }),
    expect: section('what has to hold; what is left out is only measured', {
      rtoMs: milliseconds('recovery time: the longest outage of a trial, p95 over the trials'),
      rtoFrom: {
        type: 'string',
        enum: ['fault', 'heal'],
        description: 'it counts from the first fault, or from the end of the last one',
      },
      lost: count('acknowledged messages that may be lost; the checkers fail a drill with the first one', 0, 0),
      orderBreaks: count('breaks of the order of a queue; the checkers fail a drill with the first one', 0, 0),
      duplicates: count('copies of messages, over all trials', 0, MOST),
      failedSends: count('sends without success, in one trial', 0, MOST),
      longestStallMs: milliseconds('longest time without an acknowledgement'),
      lagDrainMs: milliseconds('time until the consumer has caught up'),
    }),
    repeat: count('trials', 1, 1_000),
    allowQuorumLoss: { type: 'boolean', description: 'faults may leave fewer members than a majority' },
  }),
} as const;
