/** A fault that is on. */
export interface ActiveFault {
  readonly kind: string;
  /** As its fault says it. */
  readonly amount?: number;
  /** Whom it meant when it began. */
  readonly members: readonly string[];
  /** Until it is over. */
  readonly leftMs: number;
}

/** How a run of chaos or a drill stands, told several times a second. */
export interface Look {
  readonly phase: string;
  readonly leader: string | undefined;
  /** Undefined where none is known. */
  readonly term: number | undefined;
  /** Client operations by how they ended. */
  readonly counts: { readonly acknowledged: number; readonly refused: number; readonly unknown: number };
  readonly faults: readonly ActiveFault[];
  /** At most so long until the phase ends. */
  readonly leftMs: number;
}

/** A fault in a few words. */
export function faultText({ kind, members }: Pick<ActiveFault, 'kind' | 'members'>): string {
  return members.length === 0 ? kind : `${kind} of ${members.join(' and ')}`;
}
