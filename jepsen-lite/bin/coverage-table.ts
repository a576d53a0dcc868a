/** Faults by the state of the group that they hit, as a table. The states are those of `Cluster.state`. */
const STATES = ['steady', 'electing', 'leaderless', 'in doubt', 'down', 'down, leaderless', 'skipped'];
/** Hits that count as reached; `skipped` is none. */
const REACHABLE = STATES.slice(0, -1);

export function coverageTable(coverage: Readonly<Record<string, number>>, kinds: readonly string[]): string {
  const cell = (kind: string, state: string): number => coverage[`${kind} × ${state}`] ?? 0;
  const width = Math.max(...kinds.map(({ length }) => length));
  const widths = STATES.map((state) => Math.max(state.length, 7));
  const row = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(width)}  ${cells.map((text, at) => text.padStart(widths[at] as number)).join('  ')}`;
  const rows = kinds.map((kind) =>
    row(
      kind,
      STATES.map((state) => String(cell(kind, state) || '·')),
    ),
  );
  const reached = kinds.flatMap((kind) => REACHABLE.filter((state) => cell(kind, state) > 0)).length;
  const all = kinds.length * REACHABLE.length;
  return [row('fault', STATES), ...rows, `${reached} of ${all} pairs of fault and state reached`].join('\n');
}
