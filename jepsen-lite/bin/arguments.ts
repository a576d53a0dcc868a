/** Thrown for arguments that make no sense: one sentence. */
export class WrongArguments extends Error {}

/** Throws WrongArguments unless the text is a whole number within these limits. */
export function wholeNumber(name: string, value: string, low: number, high: number): number {
  const number = Number(value);
  if (/^[0-9]+$/.test(value) && number >= low && number <= high) return number;
  throw new WrongArguments(`--${name} ${value}: a whole number from ${low} to ${high} is needed`);
}
