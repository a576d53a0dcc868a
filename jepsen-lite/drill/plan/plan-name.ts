import type { Schema } from './schema.ts';

/** Folders of runs are called by it and a time: more letters than these no file system takes for sure. */
const MOST_LETTERS = 100;

/** Name of a plan or of a game day. */
export const nameSchema: Schema = {
  type: 'string',
  pattern: `^[a-z0-9][a-z0-9-]{0,${MOST_LETTERS - 1}}$`,
  description: `at most ${MOST_LETTERS} small letters, digits and hyphens`,
};

/** The name of one whose file says none. */
export function nameFrom(nameOfFile: string): string {
  return nameOfFile
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MOST_LETTERS);
}
