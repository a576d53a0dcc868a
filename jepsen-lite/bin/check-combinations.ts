import { WrongArguments } from './arguments.ts';

/** Options that were given, by their names. */
export type Given = Readonly<Record<string, string | boolean | undefined>>;

/** What does not go together: with the option on the left those on the right would be left aside. */
const excluded: Readonly<Record<string, { readonly options: readonly string[]; readonly because: string }>> = {
  list: {
    options: ['bug', 'all-bugs', 'mode', 'seed', 'seeds', 'nodes', 'minutes', 'schedule', 'timeline', 'history'],
    because: 'each line of the list says what is played',
  },
  'all-bugs': { options: ['bug'], because: 'one bug or all of them' },
  recorded: {
    options: ['seed', 'seeds', 'nodes', 'minutes', 'schedule', 'timeline', 'trace'],
    because: 'the record says what is played',
  },
  'list-bugs': {
    options: [
      ...['mode', 'seed', 'seeds', 'nodes', 'minutes', 'workers', 'list', 'bug', 'all-bugs', 'recorded', 'trace'],
      ...['timeline', 'history', 'details', 'schedule', 'failures', 'resume', 'record', 'json'],
    ],
    because: 'the list names every planted bug, and nothing is played',
  },
};

/** Of a hunt nothing but the find is kept. */
const withoutBugs = ['resume', 'history'];

/** Throws WrongArguments for options of which one would silently do nothing. */
export function checkCombinations(given: Given): void {
  const has = (name: string): boolean => given[name] !== undefined && given[name] !== false;
  for (const [name, { options, because }] of Object.entries(excluded)) {
    const other = has(name) ? options.find(has) : undefined;
    if (other !== undefined) throw new WrongArguments(`--${name} and --${other} do not go together: ${because}`);
  }
  const hunt = ['bug', 'all-bugs'].find(has);
  const lost = hunt === undefined ? undefined : withoutBugs.find(has);
  if (lost !== undefined)
    throw new WrongArguments(
      `--${hunt} and --${lost} do not go together: a hunt keeps what finds the bug, and nothing else`,
    );
}
