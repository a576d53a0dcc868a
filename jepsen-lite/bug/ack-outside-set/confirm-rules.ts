import type { ConfirmRule, SetRuleOptions } from '../../../cluster/ha/confirm-rules.ts';

export { asyncRule, syncRule } from '../../../cluster/ha/confirm-rules.ts';

/** The fastest of the others is enough. */
export function setRule({ required }: SetRuleOptions): ConfirmRule {
  return ({ stored, acks }) => {
    const fastest = required().size === 1 ? stored : Math.max(0, ...acks.map(({ position }) => position));
    const confirmed = Math.min(stored, fastest);
    return { visible: confirmed, safe: confirmed };
  };
}
