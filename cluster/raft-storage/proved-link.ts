import type { SegmentedLog } from '../../src/log/segmented-log.ts';
import { type ChainLink, EntryChain } from './entry-chain.ts';
import { type EntryFault, entryFaultAt, walkEntries } from './entry-reader.ts';

/**
 * The link of entry `index`, proved: no checksum of its own covers an entry's header. At `start` stands the entry before it, from which it has to follow; or, if nothing is kept before it, itself, and the
 * one behind has to follow. `before` is what precedes the entry at `start`, where that is known. Blocking; throws the disk's error.
 */
export function provedLink(
  log: SegmentedLog,
  firstWrotePosition: number,
  start: number,
  before: ChainLink | undefined,
  index: number,
): ChainLink | EntryFault {
  const chain = new EntryChain(firstWrotePosition, before);
  let seen = 0;
  let link: ChainLink | undefined;
  let fault: EntryFault | undefined;
  const bad = walkEntries(log, firstWrotePosition, start, log.endPosition, (buffer, offset, _size, position) => {
    const why = chain.check(buffer, offset, position);
    if (why !== undefined) fault = entryFaultAt(log, position, why);
    else if (chain.index === index) link = { index, term: chain.term, chainCrc: chain.chainCrc };
    return fault === undefined && ++seen < 2;
  });
  return bad ?? fault ?? link ?? entryFaultAt(log, start, `there is no entry ${index}`);
}
