import { callFailure, type Workload } from './workload.ts';

/** Asks for something that must be fresh, and writes down what the answer says. */
export async function recordRead<Answer>(
  workload: Workload,
  { op, key, address }: { readonly op: 'read' | 'max'; readonly key: string; readonly address: string },
  ask: () => Promise<Answer>,
  offsetOf: (answer: Answer) => number | null,
): Promise<void> {
  const { history } = workload;
  const callNs = workload.nowNs();
  try {
    const answer = await ask();
    const id = history.invoke(workload.newProcess(), op, key, undefined, callNs, address);
    history.ok(id, workload.nowNs(), offsetOf(answer));
    workload.ended('ok');
  } catch (error) {
    callFailure(error);
    // Nobody answered: a question that failed says nothing.
    workload.ended('fail');
  }
}
