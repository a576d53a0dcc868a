import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isModeName, type ModeName } from '../sim/mode-name.ts';
import { WrongArguments } from './arguments.ts';

/** A line of a list of seeds. */
export interface ListedSeed {
  readonly mode: ModeName;
  readonly seed: number;
  readonly nodes: number;
  readonly minutes: number;
  /** Of the faults that count instead of those drawn. */
  readonly file: string | undefined;
}

const SEED_LINE = /^(?:(?<mode>\S+) +)?(?<seed>\d+) +(?<nodes>\d) +(?<minutes>\d+(?:\.\d+)?)(?: (?<rest>.*))?$/;

/** The seeds of a file; lines that begin with # are remarks. Throws WrongArguments for a file without seeds, and for a line that is none. */
export function readSeedList(path: string): ListedSeed[] {
  const seeds: ListedSeed[] = [];
  for (const [at, text] of linesOf(path).entries()) {
    const line = text.trim();
    if (line === '' || line.startsWith('#')) continue;
    const { mode = 'dledger', seed, nodes, minutes, rest = '' } = SEED_LINE.exec(line)?.groups ?? {};
    if (seed === undefined || Number(nodes) === 0 || !isModeName(mode))
      throw new WrongArguments(
        `--list ${path}: line ${at + 1} is not the mode (if it is not dledger), seed, members and minutes: ${line}`,
      );
    if (!Number.isSafeInteger(Number(seed)))
      throw new WrongArguments(
        `--list ${path}: line ${at + 1} has the seed ${seed}; ${Number.MAX_SAFE_INTEGER} is the highest`,
      );
    const [name = ''] = rest.split(' ');
    const file = name.endsWith('.json') ? join(dirname(path), name) : undefined;
    seeds.push({ mode, seed: Number(seed), nodes: Number(nodes), minutes: Number(minutes), file });
  }
  if (seeds.length === 0) throw new WrongArguments(`--list ${path}: there is no seed in it`);
  return seeds;
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch (error) {
    throw new WrongArguments(`--list ${path}: ${(error as Error).message}`);
  }
}
