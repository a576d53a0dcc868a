import { randomInt } from 'node:crypto';
import { StartFailure } from '../../cluster/launch/start-group.ts';
import { describeFaults } from '../live/chaos/describe-faults.ts';
import { CHAOS_USAGE, type ChaosCommand, readChaosCommand } from './chaos-options.ts';
import { playRounds } from './chaos-rounds.ts';
import { endProgram } from './end-program.ts';
import { interruption } from './interruption.ts';

const HIGHEST_DRAWN_SEED = 1_000_000;

async function main(command: ChaosCommand, interrupted: AbortSignal): Promise<number> {
  if (command.help) console.log(CHAOS_USAGE);
  else if (command.listFaults) console.log(describeFaults());
  else return await playRounds(command, interrupted);
  return 0;
}

// Before anything else, so that an early SIGINT ends in good order, too.
const interrupted = interruption();
await endProgram(
  () => main(readChaosCommand(process.argv.slice(2), randomInt(HIGHEST_DRAWN_SEED)), interrupted),
  (error) => error instanceof StartFailure,
);
