import { readFileSync, writeFileSync } from 'node:fs';
import type { SeedReport } from './seed-job.ts';

/** The seed that finds a planted bug, as a line of `bug/found.txt` keeps it. */
export interface BugRecord {
  readonly name: string;
  readonly seed: number;
  readonly nodes: number;
  readonly minutes: number;
  /** Seeds that the hunt took that found it, this one included; undefined: picked by hand, not met by a hunt. */
  readonly hunted: number | undefined;
  /** The invariant or checker that has to find it. */
  readonly foundBy: string;
}

const HEAD =
  '# The seed that finds each planted bug: name, seed, members, simulated minutes, seeds that the hunt took (?: not hunted, but picked by hand), what finds it.';
const NOT_HUNTED = '?';

/** The records of a file; none where there is no such file. Throws the system's error. */
export function readBugRecords(file: string): BugRecord[] {
  try {
    return bugRecordsIn(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The records in the text of such a file. */
export function bugRecordsIn(text: string): BugRecord[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [name = '', seed, nodes, minutes, hunted, ...foundBy] = line.split(' ');
    return {
      name,
      seed: Number(seed),
      nodes: Number(nodes),
      minutes: Number(minutes),
      hunted: hunted === NOT_HUNTED ? undefined : Number(hunted),
      foundBy: foundBy.join(' '),
    };
  });
}

/** Writes what was found, and keeps what the file has of bugs that were not hunted now. */
export function writeBugRecords(file: string, fresh: readonly BugRecord[], hunted: ReadonlySet<string>): void {
  const kept = readBugRecords(file).filter(({ name }) => !hunted.has(name));
  writeFileSync(file, `${[HEAD, ...[...kept, ...fresh].map(lineOf).sort()].join('\n')}\n`);
}

function lineOf({ name, seed, nodes, minutes, hunted, foundBy }: BugRecord): string {
  return `${name} ${seed} ${nodes} ${minutes} ${hunted ?? NOT_HUNTED} ${foundBy}`;
}

type Violated = Pick<SeedReport, 'violation'>;

/** Whether the seed on record still does what it is on record for: with the bug it fails by the invariant on record and no other, without it passes. */
export function judgeRecord(record: BugRecord, planted: Violated, sound: Violated): { good: boolean; line: string }[] {
  const { name, seed, foundBy } = record;
  const by = planted.violation?.invariant;
  const again = `; npm run sim -- --bug ${name} --record jepsen-lite/bug/found.txt hunts it anew`;
  const how =
    by === undefined
      ? `finds nothing any more, on record ${foundBy}${again}`
      : `is found by ${by}, on record ${foundBy}${by === foundBy ? '' : again}`;
  return [
    { good: by === foundBy, line: `${name}: seed ${seed} with the bug ${how}` },
    { good: sound.violation === undefined, line: `${name}: seed ${seed} without the bug: ${textOf(sound)}` },
  ];
}

function textOf({ violation }: Violated): string {
  return violation === undefined ? 'passes' : `${violation.invariant}: ${violation.text}`;
}
