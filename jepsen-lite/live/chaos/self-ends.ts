import { lastCode } from '../../../cluster/bin/last-words.ts';
import type { Group } from '../../../cluster/launch/group.ts';
import type { ProcessEnd } from '../../../cluster/launch/launched-process.ts';
import { FULL_DISK_ENDS } from '../../fault/self-ends.ts';
import { NoSelfStop } from '../../invariant/no-self-stop.ts';
import type { LiveJudge } from './client-judge.ts';
import type { Excuse, LiveMember } from './live-member.ts';

const LOG_LINES = 15;

/** A member that ended by itself. Data: reports hold it. */
export interface SelfEnded {
  readonly member: string;
  /** When it was seen, on the clock of the run. */
  readonly atMs: number;
  /** See `SelfEnd`. */
  readonly code: string;
  /** What was done to its disk and allows that; empty: a broken promise. */
  readonly excusedBy: readonly Excuse[];
}

export interface SelfEndsOptions {
  readonly group: Pick<Group, 'endOf' | 'folder'>;
  readonly judge: LiveJudge;
  readonly journal: (line: string) => void;
}

/** Members that ended by themselves, and whether they may. */
export class SelfEnds {
  /** Oldest first. */
  readonly seen: SelfEnded[] = [];
  readonly #options: SelfEndsOptions;
  readonly #noSelfStop = new NoSelfStop();

  constructor(options: SelfEndsOptions) {
    this.#options = options;
  }

  /** The process of a member is gone, and nobody of the run has ended it. */
  async ended({ name, excuses }: Pick<LiveMember, 'name' | 'excuses'>): Promise<void> {
    const { judge, journal } = this.#options;
    const atMs = judge.nowMs();
    const [...excusesThen] = excuses;
    const code = this.#codeOf(name, await this.#options.group.endOf(name));
    const excusedBy = excusesThen.filter((excuse) => excuse !== 'disk-full' || FULL_DISK_ENDS.has(code));
    const isBroken = this.#judge(name, code, excusedBy.length > 0);
    this.seen.push({ member: name, atMs, code, excusedBy: isBroken ? [] : excusedBy });
    journal(`${name} ended by itself: ${code} (excused by: ${isBroken ? 'nothing' : excusedBy.join(', ')})`);
  }

  /** A member was told to stop, and has ended: if not in order, then because something failed, which only a bug makes a broken promise. */
  async stopped(name: string): Promise<void> {
    const end = await this.#options.group.endOf(name);
    if (end !== undefined && end.signal === null && end.exitCode !== 0)
      this.#judge(name, this.#codeOf(name, end), true);
  }

  #judge(name: string, code: string, isExcused: boolean): boolean {
    const { judge, group } = this.#options;
    const why = `The end of its log:\n${group.folder.logTail(name, LOG_LINES)}`;
    const text = this.#noSelfStop.ended(name, { code, why, isExcused });
    if (text !== undefined) judge.broken(this.#noSelfStop.name, text);
    return text !== undefined;
  }

  #codeOf(name: string, end: ProcessEnd | undefined): string {
    if (end === undefined) return 'unknown';
    const { signal, exitCode } = end;
    if (signal !== null) return signal;
    const told = exitCode === 0 ? undefined : lastCode(this.#options.group.folder.logTail(name, 1));
    return told ?? `exit ${exitCode}`;
  }
}

/** How often who ended by itself, and why, for people; undefined: nobody did. */
export function selfEndsText(seen: readonly SelfEnded[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { member, code, excusedBy } of seen) {
    const text = `${member} (${code}, ${excusedBy.length === 0 ? 'not excused' : `excused by ${excusedBy.join(' and ')}`})`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const parts = [...counts].map(([text, count]) => (count === 1 ? text : `${text} ${count} times`));
  return parts.length === 0 ? undefined : `Ended by themselves: ${parts.join(', ')}`;
}
