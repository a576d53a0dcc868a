import type { TargetPlan } from '../plan/plan.ts';
import type { DrillTarget, TargetOptions } from './drill-target.ts';
import { OwnGroup } from './own-group.ts';
import { RunningGroup } from './running-group.ts';
import { StockGroup } from './stock-group.ts';

/** Starts or finds what a plan means. Throws `StartFailure`. */
export async function openTarget(options: TargetOptions & { readonly plan: TargetPlan }): Promise<DrillTarget> {
  const { plan } = options;
  if (plan.kind === 'ledgermq') return await OwnGroup.start({ ...options, plan });
  if (plan.kind === 'rocketmq') return await StockGroup.start({ ...options, plan });
  return await RunningGroup.find({ ...options, plan });
}
