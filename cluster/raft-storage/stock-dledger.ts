import type { Disk } from '../../src/platform/ports.ts';

/** Term and vote of a member that ran stock DLedger: the Java properties file `currterm` beside its data directory. */
export interface StockState {
  readonly term: number;
  /** '' for none. */
  readonly vote: string;
}

/**
 * Reads what a stock DLedger left in `directory` (storePathRootDir/dledger-ID). Undefined: there is no `currterm`; a string: a sentence about one
 * that cannot be read. Stock's index directory, checkpoint and snapshots are not used: the data files say it all.
 */
export function readStockState(disk: Disk, directory: string): StockState | undefined | string {
  const path = `${directory}/currterm`;
  const text = disk.readFile(path)?.toString('utf8');
  if (text === undefined) return undefined;
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([^#!=:\s][^=:\s]*)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (match !== null) values.set(match[1]!, match[2]!);
  }
  const term = values.get('currTerm');
  if (term === undefined || !/^\d{1,15}$/.test(term)) {
    return `${path} is unreadable: currTerm is ${term === undefined ? 'missing' : `"${term}"`}`;
  }
  const vote = values.get('voteLeader') ?? '';
  return { term: Number(term), vote: vote === 'null' ? '' : vote };
}
