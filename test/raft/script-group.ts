import { describe as describeNode } from '../../raft/core/describe.ts';
import { describeMembers, describeMessage } from '../../raft/core/describe-ready.ts';
import { campaign } from '../../raft/core/election.ts';
import type { CoreConfig } from '../../raft/core/node.ts';
import type { MemberChange, Message, PeerHello } from '../../raft/core/types.ts';
import { Invariants } from './invariants.ts';
import type { Directive } from './script.ts';
import { ScriptMember } from './script-member.ts';

type Command = (group: ScriptGroup, directive: Directive) => string[];

const defaults = {
  heartbeatTicks: 1,
  electionTicks: 10,
  fastMinTicks: 1,
  fastMaxTicks: 1,
  maxAppendBytes: 1000,
  maxProbeBytes: 300,
  maxInflightBytes: 100_000,
  maxInflightCount: 100,
  syncFlush: false,
  bootstrapWithMajority: false,
  random: () => 0,
} as const;

/** Cores over a network that delivers when a script says so. Each entry counts 100 bytes. */
export class ScriptGroup {
  readonly members = new Map<string, ScriptMember>();
  readonly invariants = new Invariants();
  /** Connections that are open, as `dialer>peer`. */
  readonly open = new Set<string>();
  readonly cuts = new Set<string>();
  messages: Message[] = [];

  /** Executes one command; its output. */
  run(directive: Directive): string {
    const command = commands[directive.name];
    if (!command) throw new Error(`line ${directive.line}: unknown command ${directive.name}`);
    const quiet = directive.words.includes('quiet');
    const words = directive.words.filter((word) => word !== 'quiet');
    const lines = command(this, { ...directive, words });
    this.invariants.match([...this.members.values()].map(({ log }) => log));
    return quiet || lines.length === 0 ? 'ok' : lines.join('\n');
  }

  member(id: string | undefined): ScriptMember {
    const member = this.members.get(id ?? '');
    if (!member) throw new Error(`no member ${id}`);
    return member;
  }

  /** Those named, or all that run. */
  chosen(words: readonly string[]): ScriptMember[] {
    if (words.length > 0) return words.map((id) => this.member(id));
    return [...this.members.values()].filter(({ node }) => node !== undefined);
  }

  readonly send = (message: Message): void => {
    const link = `${message.from}>${message.to}`;
    if (this.open.has(link) && !this.cuts.has(link)) this.messages.push(message);
  };

  connect(from: ScriptMember, to: ScriptMember, fields: Partial<PeerHello> = {}): void {
    if (!from.node || !to.node) return;
    this.open.add(`${from.id}>${to.id}`);
    from.node.connected({ ...to.hello(), ...fields });
  }

  /** Takes the messages to a member that a filter lets through out of the queue. */
  take(to: string, filter: (message: Message) => boolean = () => true): Message[] {
    const taken = this.messages.filter((message) => message.to === to && filter(message));
    this.messages = this.messages.filter((message) => !taken.includes(message));
    return taken;
  }

  deliver(message: Message): string {
    this.member(message.to).alive.step(message);
    return describeMessage(message);
  }
}

const commands: Readonly<Record<string, Command>> = {
  'add-nodes': addNodes,
  connect: (group, { words: [from, to] }) => {
    for (const a of group.chosen([])) {
      for (const b of group.chosen([])) {
        if (a !== b && (!from || (to ? a.id === from && b.id === to : a.id === from || b.id === from)))
          group.connect(a, b);
      }
    }
    return [];
  },
  close: (group, { words: [from, to = ''] }) => {
    group.open.delete(`${from}>${to}`);
    group.take(to, (message) => message.from === from);
    group.member(from).alive.closed(to);
    return [];
  },
  cut: (group, { words: [a, ...others] }) => {
    for (const b of others) {
      group.cuts.add(`${a}>${b}`).add(`${b}>${a}`);
      for (const [from, to = ''] of [
        [a, b],
        [b, a],
      ])
        group.take(to, (message) => message.from === from);
    }
    return [];
  },
  heal: (group) => {
    group.cuts.clear();
    return [];
  },
  campaign: (group, { words }) => {
    for (const { alive } of group.chosen(words)) campaign(alive, 'script');
    return [];
  },
  tick: (group, { words: [id, count = '1'] }) => {
    for (let i = 0; i < Number(count); i++) group.member(id).alive.tick();
    return [];
  },
  'tick-heartbeat': (group, { words }) => {
    for (const { alive } of group.chosen(words)) for (let i = 0; i < defaults.heartbeatTicks; i++) alive.tick();
    return [];
  },
  'tick-election': (group, { words }) => {
    for (const { alive } of group.chosen(words)) for (let i = 0; i < defaults.electionTicks; i++) alive.tick();
    return [];
  },
  'forget-leader': (group, { words }) => {
    for (const member of group.chosen(words)) forgetLeader(group, member);
    return [];
  },
  'set-election-timeout': (group, { words: [id, ticks] }) => {
    const { alive } = group.member(id);
    alive.electionDeadline = alive.now + Number(ticks);
    return [];
  },
  propose: (group, { words: [id, ...values] }) => {
    for (const value of values) {
      const refusal = group.member(id).propose(value);
      if (refusal) return [`refused: ${refusal}`];
    }
    return [];
  },
  'process-ready': (group, { words }) => group.chosen(words).flatMap((member) => processReady(group, member)),
  persist: (group, { words: [id, count = '1'] }) => group.member(id).finishPersists(Number(count)),
  save: (group, { words: [id, count = '1'] }) => group.member(id).finishSaves(Number(count)),
  'deliver-msgs': deliverMessages,
  stabilize,
  members: (group, { words }) =>
    group.chosen(words).map(({ id, alive }) => {
      const { voters, learners, membersIndex } = describeNode(alive);
      return `${id}: ${describeMembers({ voters, learners })} (entry ${membersIndex})`;
    }),
  status: (group, { words }) => group.chosen(words).flatMap((member) => progressLines(member)),
  'raft-state': (group, { words }) => group.chosen(words).map((member) => stateLine(member)),
  'raft-log': (group, { words: [id] }) => {
    const { log } = group.member(id);
    return log.entries.map(({ term, value }, i) => `${log.firstIndex + i}@${term} ${value}`);
  },
  'change-members': (group, { words: [id], options }) => {
    const [[kind, [member = '']]] = [...options] as [[MemberChange['kind'], readonly string[]]];
    const refused = group.member(id).change({ kind, id: member });
    return refused ? [`refused: ${refused}`] : [];
  },
  'transfer-leadership': (group, { words: [from, to = ''] }) => {
    const refused = group.member(from).alive.transferTo(to);
    return refused ? [`refused: ${refused}`] : [];
  },
  'give-up': (group, { words: [id, lost = ''] }) => {
    const refused = group.member(id).alive.giveUp(lost);
    return refused ? [`refused: ${refused}`] : [];
  },
  'read-index': (group, { words: [id] }) => {
    const read = group.member(id).alive.readIndex();
    return [typeof read === 'number' ? `read ${read} waits` : `refused: ${read}`];
  },
  compact: (group, { words: [id, first] }) => {
    group.member(id).log.compact(Number(first));
    return [];
  },
  crash: (group, { words: [id = '', kind] }) => {
    group.member(id).crash(kind === 'machine');
    for (const link of [...group.open]) if (link.split('>').includes(id)) group.open.delete(link);
    group.take(id);
    return [];
  },
  wipe: (group, { words: [id] }) => {
    group.member(id).wipe();
    return [];
  },
  restart: (group, { words: [id, doubt] }) => {
    group.member(id).start(doubt === 'in-doubt');
    return [];
  },
};

function addNodes(group: ScriptGroup, { words, options }: Directive): string[] {
  const count = Number(words[0]);
  const has = (word: string) => words.includes(word);
  const number = (key: string, fallback: number) => Number(options.get(key)?.[0] ?? fallback);
  const first = group.members.size + 1;
  const ids = Array.from({ length: count }, (_, i) => `n${first + i}`);
  const empty = has('empty');
  const log = empty ? [] : (options.get('log') ?? ['1']).map(Number);
  const term = number('term', log.at(-1) ?? 0);
  for (const id of ids) {
    const config: CoreConfig = {
      ...defaults,
      id,
      voters: options.get('voters') ?? ids,
      learners: options.get('learners'),
      maxAppendBytes: number('max-append-entries', 10) * 100,
      maxProbeBytes: Math.min(3, number('max-append-entries', 10)) * 100,
      maxInflightCount: number('inflight', 100),
      syncFlush: has('sync-flush'),
      bootstrapWithMajority: has('bootstrap-with-majority'),
    };
    const hardState = { term, vote: options.get('vote')?.[0] ?? '', fresh: empty };
    const start = { log, hardState, inDoubt: empty || has('in-doubt'), async: has('async') };
    group.members.set(id, new ScriptMember(config, start, group.invariants, group.send));
  }
  if (has('disconnected')) return [];
  for (const a of group.chosen([])) for (const b of group.chosen([])) if (a !== b) group.connect(a, b);
  return [];
}

/** All that is to be done, as the driver does at the end of a turn. */
function processReady(group: ScriptGroup, member: ScriptMember): string[] {
  const lines: string[] = [];
  while (member.alive.hasReady()) {
    const sent = group.messages.length;
    lines.push(`${member.id} Ready:`, ...member.processReady().map((line) => `  ${line}`));
    lines.push(...group.messages.slice(sent).map((message) => `  ${describeMessage(message)}`));
  }
  return lines.length > 0 ? lines : [`${member.id}: nothing to do`];
}

/** Its connection to the leader broke, one reconnect failed, and the next one did not; it does not campaign for that. */
function forgetLeader(group: ScriptGroup, { id, alive }: ScriptMember): void {
  const { leader } = alive;
  if (leader === undefined || leader === id) return;
  alive.closed(leader);
  alive.closed(leader);
  alive.electionDeadline = alive.drawTimeout();
  if (group.open.has(`${id}>${leader}`)) alive.connected(group.member(leader).hello());
}

/** `deliver-msgs n1 n2 from=n3 type=append`; with `drop` they are lost, with `reverse` the newest comes first. */
function deliverMessages(group: ScriptGroup, { words, options }: Directive): string[] {
  const drop = words.includes('drop');
  const reverse = words.includes('reverse');
  const { from, type } = { from: options.get('from'), type: options.get('type') };
  const filter = (message: Message) => (!from || from.includes(message.from)) && (!type || type.includes(message.type));
  const receivers = words.filter((word) => word.startsWith('n'));
  return (receivers.length > 0 ? receivers : [...group.members.keys()]).flatMap((id) => {
    const taken = group.take(id, filter);
    if (reverse) taken.reverse();
    return taken.map((message) => (drop ? `dropped: ${describeMessage(message)}` : group.deliver(message)));
  });
}

/** Executes Readys and delivers messages among some members, or all, until nothing is left. */
function stabilize(group: ScriptGroup, { words }: Directive): string[] {
  const lines: string[] = [];
  const members = group.chosen(words);
  const among = (message: Message) => members.some(({ id }) => id === message.from);
  for (let round = 0; round < 100; round++) {
    const before = lines.length;
    let moved = false;
    for (const member of members) {
      while (member.node?.hasReady()) {
        moved = true;
        lines.push(...member.processReady().map((line) => `${member.id}: ${line}`));
      }
      if (member.storing) {
        moved = true;
        lines.push(...member.finishSaves(1000), ...member.finishPersists(1000));
      }
    }
    for (const member of members) {
      lines.push(...group.take(member.id, among).map((message) => group.deliver(message)));
    }
    if (!moved && lines.length === before) return lines;
  }
  throw new Error('the group does not come to rest');
}

function progressLines(member: ScriptMember): string[] {
  const { peers, writtenIndex, syncedIndex, lastIndex, role } = describeNode(member.alive);
  if (role !== 'leader') return [`${member.id} does not lead`];
  return [
    `${member.id}: last=${lastIndex} written=${writtenIndex} synced=${syncedIndex}`,
    ...peers.map(({ id, voter, state, match, synced, inDoubt, connected }) => {
      const { next, inflightCount, paused } = member.alive.peers.get(id) as NonNullable<
        ReturnType<typeof member.alive.peers.get>
      >;
      const full = state === 'replicate' && inflightCount >= member.alive.config.maxInflightCount;
      const marks = [
        ...(voter ? [] : ['learner']),
        ...(synced === match ? [] : [`synced=${synced}`]),
        ...(inflightCount > 0 ? [`inflight=${inflightCount}${full ? ' full' : ''}`] : []),
        ...(paused ? ['paused'] : []),
        ...(inDoubt ? ['in-doubt'] : []),
        ...(connected ? [] : ['not connected']),
      ];
      return [`${id}: ${state} match=${match} next=${next}`, ...marks].join(' ');
    }),
  ];
}

function stateLine(member: ScriptMember): string {
  const {
    role,
    term,
    vote,
    leader,
    ready,
    inDoubt,
    fresh,
    commitIndex,
    lastIndex,
    transferringTo,
    waitsFor,
    voters,
    learners,
  } = describeNode(member.alive);
  const marks = [
    ...(learners.includes(member.id) ? ['learner'] : voters.includes(member.id) ? [] : ['no member']),
    ...(ready ? ['ready'] : []),
    ...(inDoubt ? [fresh ? 'in-doubt (fresh)' : 'in-doubt'] : []),
    ...(transferringTo ? [`transferring to ${transferringTo}`] : []),
    ...(waitsFor.length > 0 ? [`waits for ${waitsFor.join(' ')}`] : []),
  ];
  const base = `${member.id}: ${role} term=${term} vote=${vote || '-'} leader=${leader ?? '-'} commit=${commitIndex} last=${lastIndex}`;
  return [base, ...marks].join(' ');
}
