import { ResponseCode } from '../../src/protocol/response-code.ts';

const { PULL_NOT_FOUND, PULL_OFFSET_MOVED } = ResponseCode;

/** What a pull at an offset was answered. */
export interface PullAnswer {
  readonly code: number;
  readonly nextBeginOffset: number;
  readonly minOffset: number;
}

/** Who asks for a committed offset, or goes on where it was, is sent nowhere else, but over what retention has removed: a follower that lags and a leader that is none any more never correct a client (raft/SAFETY.md 6). */
export class NoFalseCorrection {
  readonly name = 'no-false-correction';

  /** A pull at `offset`, which is committed somewhere; `who` asked, and whom. */
  pulled(who: string, offset: number, answer: PullAnswer | undefined): string | undefined {
    const wrong = answer === undefined ? 'has no header' : wrongMove(answer, offset);
    return wrong && `${who} at ${offset}, which is committed, got an answer that ${wrong}`;
  }

  /** A client's own reader that went on at `from` was told to go elsewhere. */
  moved(
    who: string,
    from: number,
    { nextOffset, minOffset }: { nextOffset: number; minOffset: number },
  ): string | undefined {
    if (nextOffset === from || (nextOffset === minOffset && from < minOffset)) return undefined;
    return `${who} at ${from} was sent to ${nextOffset}`;
  }
}

/** What is wrong with where a committed offset is sent: back, or past messages that are still there. */
function wrongMove({ code, nextBeginOffset, minOffset }: PullAnswer, offset: number): string | undefined {
  if (nextBeginOffset < offset) return `sends it back to ${nextBeginOffset} (code ${code})`;
  if (code === PULL_NOT_FOUND && nextBeginOffset !== offset) return `finds nothing and sends it to ${nextBeginOffset}`;
  if (code === PULL_OFFSET_MOVED && nextBeginOffset > Math.max(offset, minOffset))
    return `sends it past ${offset} to ${nextBeginOffset}, though the first kept is ${minOffset}`;
  return undefined;
}
