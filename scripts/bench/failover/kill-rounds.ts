import type { Group, GroupNode } from '../../../cluster/launch/group.ts';
import { createProducer } from '../../../src/index.ts';
import { type Acknowledged, type AuditResult, audit } from './audit.ts';
import { ContinuousSenders } from './continuous-senders.ts';
import { Members, type Progress } from './members.ts';
import { ProgressWriter } from './progress-writer.ts';
import { readBack } from './read-back.ts';
import { until } from './until.ts';

export interface KillRoundsOptions {
  /** A topic that does not exist yet. */
  readonly topic: string;
  readonly rounds: number;
  /** Synchronous senders at the same time. */
  readonly senders: number;
  /** Pause of each sender between two messages. */
  readonly pauseMs: number;
  readonly onRound?: (round: KillRound) => void;
}

/** One death of a leader. */
export interface KillRound {
  readonly killed: string;
  readonly next: string;
  /** From the SIGKILL to the first SEND_OK that the next leader gave. */
  readonly outageMs: number;
  /** From the restart of the killed process until every member holds everything again. */
  readonly wholeMs: number;
  /** How long before the SIGKILL the oldest unanswered offset update was sent that is lost. */
  readonly lostProgressMs: number;
}

export interface KillReport {
  readonly senders: number;
  readonly rounds: readonly KillRound[];
  readonly medianOutageMs: number;
  /** Sends that our client gave up, each with its reason. */
  readonly failures: readonly string[];
  readonly messages: AuditResult;
  /** One sentence for each topic or answered offset that a new leader did not know. */
  readonly breaches: readonly string[];
}

/** Topics besides the one that is written to, each with another number of queues. */
const OTHER_TOPICS = [1, 3, 7];
const QUEUES = 4;
const PATIENCE_MS = 30_000;
/** Longer than any change of leader should take, even on a busy machine: what is given up is a failure. */
const SEND_TIMEOUT_MS = 10_000;
/** How long messages are sent before each kill; the moment varies by the period in which offset updates reach the log. */
const BEFORE_KILL_MS = 400;
const PROGRESS_PERIOD_MS = 200;

/** Kills the leader of a group (SIGKILL) again and again under continuous sends, restarts it each time, and audits what is left. The group ends whole. */
export async function killRounds(group: Group, options: KillRoundsOptions): Promise<KillReport> {
  const members = new Members(group);
  const producer = createProducer({
    nameServers: group.nameServer,
    group: 'failover-sender',
    sendTimeoutMs: SEND_TIMEOUT_MS,
  });
  await producer.start();
  try {
    return await new KillRounds(group, members, options).run(producer);
  } finally {
    await producer.close();
    members.close();
  }
}

class KillRounds {
  readonly #group: Group;
  readonly #members: Members;
  readonly #options: KillRoundsOptions;
  readonly #progress: ProgressWriter;
  /** Whose offset updates are answered. */
  readonly #answered: Progress;
  readonly #breaches: string[] = [];

  constructor(group: Group, members: Members, options: KillRoundsOptions) {
    this.#group = group;
    this.#members = members;
    this.#options = options;
    const { topic } = options;
    this.#progress = new ProgressWriter(members, { consumerGroup: 'failover-noted', topic, queueId: 0 });
    this.#answered = { consumerGroup: 'failover-answered', topic, queueId: 0 };
  }

  async run(producer: ReturnType<typeof createProducer>): Promise<KillReport> {
    const { topic, rounds, senders: count, pauseMs } = this.#options;
    const leader = await this.#leader();
    await this.#members.createTopic(leader, topic, QUEUES);
    for (const queues of OTHER_TOPICS) await this.#members.createTopic(leader, `${topic}-${queues}`, queues);
    await this.#untilWhole([]);
    const senders = new ContinuousSenders(producer, { topic, senders: count, pauseMs });
    const done: KillRound[] = [];
    try {
      for (let number = 1; number <= rounds; number++) {
        done.push(await this.#round(senders, number));
        this.#options.onRound?.(done.at(-1) as KillRound);
      }
    } finally {
      this.#progress.stop();
      await senders.stop();
    }
    await this.#untilWhole(senders.acknowledged);
    const stored = await readBack(this.#group.nameServer, topic);
    return {
      senders: count,
      rounds: done,
      medianOutageMs: median(done.map(({ outageMs }) => outageMs)),
      failures: senders.failures.map(({ message }) => message),
      messages: audit(senders.acknowledged, stored),
      breaches: this.#breaches,
    };
  }

  async #round(senders: ContinuousSenders, number: number): Promise<KillRound> {
    const leader = await this.#leader();
    this.#progress.start(leader);
    await this.#members.commitProgress(leader, this.#answered, number);
    const killAtMs = performance.now() + BEFORE_KILL_MS + PROGRESS_PERIOD_MS * Math.random();
    const settled = await senders.next(PATIENCE_MS, ({ atMs }) => atMs >= killAtMs);
    if (settled === undefined) throw new Error(`nothing is acknowledged although ${leader.name} leads`);

    const next = senders.next(PATIENCE_MS, ({ storedBy }) => storedBy !== leader.address);
    const killedMs = performance.now();
    const gone = this.#group.kill(leader.name);
    this.#progress.stop();
    const first = await next;
    await gone;
    if (first === undefined) throw new Error(`no send was acknowledged after ${leader.name} was killed`);

    const successor = await this.#leader();
    const lostProgressMs = await this.#progress.lostMs(successor, killedMs);
    await this.#checkState(successor, number);
    const restartedMs = performance.now();
    this.#group.start(leader.name);
    await this.#untilWhole(senders.acknowledged);
    return {
      killed: leader.name,
      next: successor.name,
      outageMs: first.atMs - killedMs,
      wholeMs: performance.now() - restartedMs,
      lostProgressMs,
    };
  }

  async #checkState(leader: GroupNode, number: number): Promise<void> {
    const { topic } = this.#options;
    const answered = await this.#members.progress(leader, this.#answered);
    if (answered !== number) this.#breaches.push(`offset ${number} was answered, but ${leader.name} has ${answered}`);
    for (const queues of OTHER_TOPICS) {
      const found = (await this.#members.queueEnds(leader, `${topic}-${queues}`))?.size;
      if (found !== queues) this.#breaches.push(`${topic}-${queues} has ${found ?? 'no'} queues at ${leader.name}`);
    }
  }

  #leader(): Promise<GroupNode> {
    return until('that a leader serves', PATIENCE_MS, () => this.#group.waitForLeader(PATIENCE_MS));
  }

  #untilWhole(acknowledged: readonly Acknowledged[]): Promise<void> {
    const ends = new Map<number, number>();
    for (const { queueId, queueOffset } of acknowledged) {
      ends.set(queueId, Math.max(ends.get(queueId) ?? 0, queueOffset + 1));
    }
    return this.#members.untilWhole(this.#options.topic, ends, PATIENCE_MS);
  }
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}
