import { randomInt } from 'node:crypto';
import { StartFailure } from '../../cluster/launch/start-group.ts';
import { DRILL_USAGE, readDrillCommand } from './drill-options.ts';
import { interruption } from './interruption.ts';
import { WrongArguments } from './options.ts';
import { playDrill } from './play-drill.ts';

const HIGHEST_DRAWN_SEED = 1_000_000;

async function main(args: string[]): Promise<number> {
  const { help, plan, ...rest } = readDrillCommand(args, randomInt(HIGHEST_DRAWN_SEED));
  if (!help && plan !== undefined) return await playDrill({ ...rest, plan }, interruption());
  console.log(DRILL_USAGE);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof WrongArguments) {
    console.error(`${error.message}. --help tells more.`);
    process.exitCode = 2;
  } else {
    console.error(error instanceof StartFailure ? error.message : error);
    process.exitCode = 3;
  }
}
