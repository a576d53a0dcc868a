import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { WrongArguments } from './arguments.ts';

/** By what a run is known. */
interface Key {
  /** Name of the mode that was played. */
  readonly mode: string;
  readonly seed: number;
  readonly nodes: number;
  readonly minutes: number;
  /** What cuts the links of a chaos run. A line without it, of before this was told, is known to no round of chaos, which is played again. */
  readonly cuts?: string | undefined;
  /** Hash of a schedule that was played instead of the drawn one. */
  readonly given?: string | undefined;
}

/** A line of a results file. */
interface Line<Report> {
  readonly commit: string;
  readonly sources: string;
  readonly report: Report;
}

/** Results of long runs, one JSON line a run: several runs add up, and a run that was stopped goes on where it was. Throws WrongArguments for a file that holds anything else. */
export class ResultsFile<Report extends Key> {
  readonly #path: string;
  readonly #commit: string;
  readonly #sources: string;
  /** Reports of these very sources, by mode, seed, members, minutes, means of cuts and given schedule. */
  readonly known = new Map<string, Report>();
  /** Lines of other sources. */
  others = 0;

  constructor(path: string, commit: string, sources: string) {
    this.#path = path;
    this.#commit = commit;
    this.#sources = sources;
    if (existsSync(path)) this.#read();
  }

  #read(): void {
    const text = readFileSync(this.#path, 'utf8');
    const lines = text.split('\n').map((one) => lineOf<Report>(one));
    if (text.trim() !== '' && lines.every((line) => line === undefined)) {
      throw new WrongArguments(`--resume ${this.#path}: this is another file than one of results; nothing was changed`);
    }
    for (const line of lines) {
      if (line?.sources === this.#sources) this.known.set(keyOf(line.report), line.report);
      else if (line !== undefined) this.others++;
    }
  }

  add(report: Report): void {
    const line: Line<Report> = { commit: this.#commit, sources: this.#sources, report };
    // The line break comes first: behind a line that was cut it begins a new one.
    appendFileSync(this.#path, `\n${JSON.stringify(line)}`);
  }

  reportOf(job: Key): Report | undefined {
    return this.known.get(keyOf(job));
  }
}

/** A line that was being written when its run was stopped is none. */
function lineOf<Report>(text: string): Line<Report> | undefined {
  try {
    const line = JSON.parse(text) as Line<Report> | null;
    return line?.report === undefined ? undefined : line;
  } catch {
    return undefined;
  }
}

function keyOf({ mode, seed, nodes, minutes, cuts, given }: Key): string {
  const more = [cuts, given].filter((part) => part !== undefined);
  return [mode, seed, nodes, minutes, ...more].join(' ');
}
