import { WrongConfiguration } from '../dledger/open-member.ts';
import { exitCodes, StartRefused } from './program.ts';

/** Turns what stopped a start into a sentence for people; a bug of ours is thrown as it is. */
export function refuseStart(error: unknown): never {
  if (!(error instanceof Error) || error.name === 'AssertionError' || error instanceof TypeError) throw error;
  const wrong = error instanceof WrongConfiguration;
  throw new StartRefused(error.message, wrong ? exitCodes.configuration : exitCodes.failed);
}
