import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Group } from '../../../cluster/launch/group.ts';
import { type Stopped, signalProcess } from '../../../cluster/launch/launched-process.ts';
import { readNodeStatus } from '../../../cluster/launch/node-status.ts';
import { readHardState } from '../../../cluster/raft-storage/hard-state.ts';
import type { FullDisks } from '../disk/full-disks.ts';
import type { Links } from '../network/links.ts';
import type { Ward } from '../sick/ward.ts';
import type { Ailing } from './ailing.ts';
import type { LiveJudge } from './client-judge.ts';
import { HurtList } from './hurt-list.ts';
import { Hurtable } from './hurtable.ts';
import { KnownEnds } from './known-ends.ts';
import { KnownVotes } from './known-votes.ts';
import { LiveMember } from './live-member.ts';
import type { LiveMode } from './live-mode.ts';
import { partyOf } from './parties.ts';
import { ReplicaSightings } from './replica-sightings.ts';
import { SelfEnds } from './self-ends.ts';

/** A supervisor starts a process anew that ended by itself. */
const RESTART_MS = 1_000;
const NS_PER_MS = 1_000_000;
/** What a full disk made fail may be told a moment later. */
const EXCUSED_MS = 2_000;

export interface LiveGroupOptions {
  readonly mode: LiveMode;
  readonly group: Group;
  readonly links: Links;
  readonly ward: Ward;
  readonly ailing: Ailing;
  readonly disks: FullDisks;
  readonly judge: LiveJudge;
  readonly journal: (line: string) => void;
}

/** The processes of a run, their links and their illnesses: what faults are done to. */
export class LiveGroup extends Hurtable<LiveMember> {
  readonly mode: LiveMode;
  readonly group: Group;
  readonly links: Links;
  readonly ailing: Ailing;
  readonly judge: LiveJudge;
  readonly journal: (line: string) => void;
  readonly #disks: FullDisks;
  readonly members: readonly LiveMember[];
  readonly hurts: HurtList;
  readonly ends = new KnownEnds();
  readonly #votes = new KnownVotes();
  /** What members told of their leaderships and commits. */
  readonly sightings = new ReplicaSightings();
  readonly selfEnds: SelfEnds;
  #looking: Promise<void> | undefined;
  /** How often another leader, or one in a new term, was seen. */
  reigns = 0;
  #reign = '';
  readonly #ward: Ward;
  /** Hears when a member is away or does not count, and when it is there again. */
  onPresence: (name: string, isThere: boolean) => void = () => {};

  constructor({ mode, group, links, ward, ailing, disks, judge, journal }: LiveGroupOptions) {
    super();
    this.mode = mode;
    this.group = group;
    this.links = links;
    this.#ward = ward;
    this.ailing = ailing;
    this.#disks = disks;
    this.judge = judge;
    this.journal = journal;
    this.members = group.nodes.map((node) => new LiveMember(node, mode, group.nodes.length));
    this.hurts = new HurtList(this.members.length);
    this.selfEnds = new SelfEnds({ group, judge, journal });
    for (const member of this.members) {
      member.state = 'up';
      member.starts = 1;
    }
  }

  /** Who leads, as far as the last answers tell; the highest term counts. */
  leader(): LiveMember | undefined {
    const leaders = this.members.filter(({ leads }) => leads);
    return leaders.sort((a, b) => (b.report?.raft?.term ?? 0) - (a.report?.raft?.term ?? 0))[0];
  }

  /** SIGKILL; it counts as down from now on. */
  async kill(member: LiveMember): Promise<void> {
    const groupName = member.report?.raft?.groupName;
    const wasUp = member.state !== 'down';
    this.#isAway(member);
    if (!(await this.group.kill(member.name)) && wasUp) await this.selfEnds.ended(member);
    if (groupName !== undefined && !this.hurts.isHurt(member.name)) this.#judgeVote(member, groupName);
  }

  /** SIGTERM, and SIGKILL after `graceMs`. */
  async stop(member: LiveMember, graceMs: number): Promise<void> {
    const wasUp = member.state !== 'down';
    this.#isAway(member);
    await this.#hasStopped(member, wasUp, await this.group.stop(member.name, graceMs));
  }

  /** SIGTERM for all, brokers first, and SIGKILL after `graceMs`. */
  async stopAll(graceMs: number): Promise<void> {
    const stopped = await this.group.stopAll(graceMs);
    for (const member of this.members)
      await this.#hasStopped(member, member.state !== 'down', stopped.get(member.name));
  }

  start(member: LiveMember): void {
    if (member.state !== 'down' || this.group.process(member.name) !== undefined) return;
    member.excuses.delete('disk-error');
    for (const end of member.endBeforeStart) end();
    member.endBeforeStart.clear();
    member.starts++;
    member.state = 'up';
    this.lastStartMs = performance.now();
    member.startedMs = this.lastStartMs;
    this.group.start(member.name);
  }

  pause(member: LiveMember): void {
    const process = this.group.process(member.name);
    if (process !== undefined && signalProcess(process, 'SIGSTOP')) member.state = 'paused';
  }

  resume(member: LiveMember): void {
    const process = this.group.process(member.name);
    if (member.state !== 'paused') return;
    member.state = 'up';
    this.lastStartMs = performance.now();
    if (process !== undefined) signalProcess(process, 'SIGCONT');
  }

  startNameServer(name: string): void {
    if (this.group.process(name) === undefined) this.group.start(name);
  }

  get nameServerParties(): readonly string[] {
    return this.group.nameServers.map(partyOf);
  }

  /** Its disk is new. */
  wipe(member: LiveMember): void {
    emptyFolder(member.node.storeDirectory);
    this.ends.forget(member.name);
  }

  /** Its disk takes so many bytes more, and what then fails is no fault of its own; the returned function ends that. */
  async fillDisk(member: LiveMember, freeBytes: number): Promise<() => Promise<void>> {
    member.fills++;
    member.excuses.add('disk-full');
    const end = await this.#disks.fill(member.name, freeBytes);
    return async () => {
      await end();
      this.later(EXCUSED_MS, () => {
        if (--member.fills === 0) member.excuses.delete('disk-full');
      });
    };
  }

  /** Others know that it is one of them: a disk that is lost before that was never there. */
  hasFounded({ name, report }: LiveMember): boolean {
    return report?.raft === undefined || this.ends.endOf(name) > 0;
  }

  /** Removes a folder of derived files. */
  removeDerived(member: LiveMember, folder: string): void {
    rmSync(join(member.node.storeDirectory, folder), { recursive: true, force: true });
  }

  /** Whether the promises cover that this member loses what it has, now. */
  mayHurt({ name }: LiveMember): boolean {
    return this.hurts.mayHurt(name) && this.mode.mayLose(this.#areSound);
  }

  /** Feels everybody's pulse: who leads, who is whole again, who has ended by himself. One look at a time, so that what a member told first is heard first. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { acknowledgedPosition } = this.judge;
    await Promise.all(
      this.members.map(async (member) => {
        const { starts } = member;
        const report = member.state === 'up' ? await readNodeStatus(member.node.httpUrl) : undefined;
        if (member.starts === starts && member.state === 'up') await this.#heard(member, report);
      }),
    );
    for (const member of this.members) this.#lookForHurt(member);
    const seen = this.leader();
    const leader = seen?.report?.raft;
    const reign = `${seen?.name} ${leader?.term}`;
    if (seen !== undefined && reign !== this.#reign) {
      this.#reign = reign;
      this.reigns++;
    }
    if (leader?.ready === true) this.ends.committed(leader.commitIndex, acknowledgedPosition);
  }

  /** Faults are over: links, disks and clocks are whole, and who is down is started unless the end has come (`starts`). */
  async heal({ starts }: { readonly starts: boolean }): Promise<void> {
    const ended = this.endFaults();
    this.links.healAll();
    this.ailing.healAll();
    this.#ward.healAll();
    await this.#disks.healAll();
    for (const member of this.members) this.resume(member);
    await ended;
    if (!starts) return;
    for (const name of this.group.nameServers) this.startNameServer(name);
    for (const member of this.members) this.start(member);
  }

  protected failed(error: Error): void {
    this.judge.broken('chaos', error.stack ?? error.message);
  }

  get #areSound(): boolean {
    return this.members.every(({ isSound }) => isSound);
  }

  #lookForHurt(member: LiveMember): void {
    const { name, starts, report, startedMs } = member;
    if (report === undefined || member.state !== 'up') return;
    const wasHurt = this.hurts.isHurt(name);
    this.hurts.heard(name, starts, this.mode.isWhole(report, this.#areSound, performance.now() - startedMs));
    if (this.hurts.isHurt(name)) return;
    member.excuses.delete('rot');
    if (wasHurt && report.raft !== undefined) this.#votes.forgot(name, report.raft.term);
  }

  #isAway(member: LiveMember): void {
    member.state = 'down';
    member.report = undefined;
    this.onPresence(member.name, false);
  }

  async #heard(member: LiveMember, report: LiveMember['report']): Promise<void> {
    member.report = report;
    if (report !== undefined) this.onPresence(member.name, this.mode.counts(report));
    const raft = report?.raft;
    if (raft !== undefined) {
      this.ends.heard(member.name, raft.appliedIndex, raft.writtenIndex);
      this.#votes.heard(member.name, raft.roleHistory);
      this.sightings.heard(member.name, member.starts, raft, Math.round(this.judge.nowMs() * NS_PER_MS));
    } else if (report === undefined && this.group.process(member.name) === undefined) await this.#ended(member);
  }

  /** Undefined: it did not run any more. */
  async #hasStopped(member: LiveMember, wasUp: boolean, how: Stopped | undefined): Promise<void> {
    if (how === 'ended') await this.selfEnds.stopped(member.name);
    else if (how === undefined && wasUp) await this.selfEnds.ended(member);
  }

  #judgeVote({ name, raftDirectory }: LiveMember, groupName: string): void {
    const read = readHardState(this.group.platform.disk, join(raftDirectory, 'hardstate'), {
      memberId: name,
      groupName,
    });
    const problem = this.#votes.problemOf(name, read);
    if (problem !== undefined) this.judge.broken('durable-vote', problem);
  }

  async #ended(member: LiveMember): Promise<void> {
    this.#isAway(member);
    await this.selfEnds.ended(member);
    this.later(RESTART_MS, () => this.start(member));
  }
}

/** Removes what is in it; the folder itself may be a mount point. */
function emptyFolder(path: string): void {
  for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true, force: true });
}
