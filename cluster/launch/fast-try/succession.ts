/**
 * Why no send is acknowledged while a broker is gone; undefined if another one may take over, or is a master itself. `others`: addresses of the other brokers that run;
 * `masters`: of all that are registered as such, undefined if that is not known.
 */
export function whyNobodyTakesOver(
  elects: boolean,
  others: readonly string[],
  masters: readonly string[] | undefined,
): string | undefined {
  if (others.length === 0) return 'Nobody can take over: no other broker runs.';
  if (elects || masters === undefined || others.some((address) => masters.includes(address))) return undefined;
  return 'Nobody can take over: without a Controller a slave never becomes master. It goes on answering reads.';
}
