/** Work in steps, between which others may have their turn. */
export type Steps<Result> = Generator<undefined, Result>;

/** Does all of it now. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}
