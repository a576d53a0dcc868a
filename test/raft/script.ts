/** One command of a scenario script with the output that it must have. */
export interface Directive {
  readonly line: number;
  readonly name: string;
  /** Bare words, in order. */
  readonly words: readonly string[];
  /** `key=value` and `key=(a,b)`. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly expected: string;
}

const separator = '----';

/**
 * Reads a script: comments begin with `#`, a command is one line, `----` ends it, and what follows up to the next empty line is its
 * expected output (the grammar of datadriven tests).
 */
export function parseScript(text: string): Directive[] {
  const directives: Directive[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const command = (lines[at] as string).trim();
    if (command === '' || command.startsWith('#')) continue;
    const line = at + 1;
    if (lines[at + 1] !== separator) throw new Error(`line ${line}: "${separator}" must follow the command`);
    const output: string[] = [];
    for (at += 2; at < lines.length && lines[at] !== ''; at++) output.push(lines[at] as string);
    directives.push({ line, expected: output.join('\n'), ...parseCommand(command) });
  }
  return directives;
}

function parseCommand(command: string): Pick<Directive, 'name' | 'words' | 'options'> {
  const [name = '', ...rest] = command.split(/\s+/);
  const words: string[] = [];
  const options = new Map<string, readonly string[]>();
  for (const word of rest) {
    const equals = word.indexOf('=');
    if (equals < 0) {
      words.push(word);
      continue;
    }
    const value = word.slice(equals + 1).replace(/^\((.*)\)$/, '$1');
    options.set(word.slice(0, equals), value === '' ? [] : value.split(','));
  }
  return { name, words, options };
}

/** The script with other outputs, which stand in the order of the commands. */
export function rewriteScript(text: string, outputs: readonly string[]): string {
  const lines = text.split('\n');
  const result: string[] = [];
  let next = 0;
  for (let at = 0; at < lines.length; at++) {
    result.push(lines[at] as string);
    if (lines[at] !== separator) continue;
    result.push(outputs[next++] as string);
    while (at + 1 < lines.length && lines[at + 1] !== '') at++;
  }
  return result.join('\n');
}
