import { endProgram } from './end-program.ts';
import { bugList, huntBugs } from './hunt-bugs.ts';
import { readOptions, type SimOptions, USAGE } from './options.ts';
import { playList } from './play-list.ts';

async function main(options: SimOptions): Promise<number> {
  if (options.help) console.log(USAGE);
  else if (options.listBugs) console.log(bugList());
  else if (!(options.bugs.length > 0 ? await huntBugs(options) : await playList(options))) return 1;
  return 0;
}

await endProgram(() => main(readOptions(process.argv.slice(2))));
