import type { LogRole } from './ha-log.ts';

/** Appends nothing, and shows nothing more than before. */
export function fencedRole(reason: string): LogRole {
  const refusal = { status: 'not-leader', text: `nothing was appended: ${reason}` } as const;
  return {
    refusal: () => refusal,
    confirm: () => ({ visible: 0, safe: 0 }),
    appended: () => {},
    stored: () => {},
  };
}
