import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { SeedJob, SeedReport } from './seed-job.ts';

/** A line of a results file. */
interface Line {
  readonly commit: string;
  readonly sources: string;
  readonly report: SeedReport;
}

/** Results of long runs, one JSON line a seed: several runs add up, and a run that was stopped goes on where it was. */
export class ResultsFile {
  readonly #path: string;
  readonly #commit: string;
  readonly #sources: string;
  /** Reports of these very sources, by seed, members and minutes. */
  readonly known = new Map<string, SeedReport>();
  /** Lines of other sources. */
  others = 0;

  constructor(path: string, commit: string, sources: string) {
    this.#path = path;
    this.#commit = commit;
    this.#sources = sources;
    if (existsSync(path)) this.#read();
  }

  #read(): void {
    for (const text of readFileSync(this.#path, 'utf8').split('\n')) {
      const line = lineOf(text);
      if (line?.sources === this.#sources) this.known.set(keyOf(line.report), line.report);
      else if (line !== undefined) this.others++;
    }
  }

  add(report: SeedReport): void {
    const line: Line = { commit: this.#commit, sources: this.#sources, report };
    // The line break comes first: behind a line that was cut it begins a new one.
    appendFileSync(this.#path, `\n${JSON.stringify(line)}`);
  }

  reportOf(job: SeedJob): SeedReport | undefined {
    return this.known.get(keyOf(job));
  }
}

/** A line that was being written when its run was stopped is none. */
function lineOf(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

function keyOf({ seed, nodes, minutes }: Pick<SeedJob, 'seed' | 'nodes' | 'minutes'>): string {
  return `${seed} ${nodes} ${minutes}`;
}
