/** What people do to give up a log from a damaged place on; one that is replicated in Controller mode has it from others. */
export function wayOn(controlled: boolean, position: number): string {
  if (!controlled) return `start once with --cut-at ${position}`;
  return 'start it with an empty storePathRootDir while another broker of its set is the master, and it fetches everything from there';
}
