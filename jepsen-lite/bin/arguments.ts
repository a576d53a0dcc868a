import { parseArgs } from 'node:util';

/** Thrown for arguments that make no sense: one sentence, without the dot at its end. */
export class WrongArguments extends Error {
  constructor(message = '') {
    super(message.replace(/\.$/, ''));
  }
}

/** Throws WrongArguments unless the text is a whole number within these limits. */
export function wholeNumber(name: string, value: string, low: number, high: number): number {
  const number = Number(value);
  if (/^[0-9]+$/.test(value) && number >= low && number <= high) return number;
  throw new WrongArguments(`--${name} ${value}: a whole number from ${low} to ${high} is needed`);
}

/** Throws WrongArguments where an option is given twice: nobody can know which one is meant. */
export function refuseTwice(args: string[]): void {
  const { tokens } = parseArgs({ args, strict: false, tokens: true });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (seen.has(token.name)) throw new WrongArguments(`${token.rawName} is given twice`);
    seen.add(token.name);
  }
}
