import { sendOutcome } from '../checker/rocketmq-outcome.ts';
import { callFailure, type Workload } from './workload.ts';

/** Carries out a write of a register, and writes down how it ended. */
export async function recordWrite(
  workload: Workload,
  { key, value, address }: { readonly key: string; readonly value: number; readonly address: string },
  carryOut: () => Promise<unknown>,
): Promise<void> {
  const { history } = workload;
  const id = history.invoke(workload.newProcess(), 'write', key, value, workload.nowNs(), address);
  try {
    await carryOut();
    history.ok(id, workload.nowNs(), undefined);
    workload.ended('ok');
  } catch (error) {
    const code = callFailure(error).responseCode;
    const outcome = code === undefined ? 'info' : sendOutcome(code, 'ledgermq');
    if (outcome === 'fail') history.fail(id, workload.nowNs(), String(code));
    else history.info(id, workload.nowNs(), String(code ?? 'no answer'));
    workload.ended(outcome);
  }
}
