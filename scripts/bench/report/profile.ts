import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** What `node --cpu-prof` writes. */
interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const SHOWN = 40;
const IDLE = '(idle)';

/** The functions in which a profiled process spent most of its busy time, by themselves and with what they call. */
export function formatProfile(file: string): string {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const own = ownTimes(profile);
  const names = new Map(profile.nodes.map((node) => [node.id, nameOf(node)]));
  const selfTimes = new Map<string, number>();
  for (const [id, us] of own) add(selfTimes, names.get(id) ?? '', us);
  const idleUs = selfTimes.get(IDLE) ?? 0;
  selfTimes.delete(IDLE);
  const busyUs = [...selfTimes.values()].reduce((sum, us) => sum + us, 0);
  const totals = totalTimes(profile, own, names);
  const share = (us: number) => `${((100 * us) / busyUs).toFixed(1).padStart(5)} %`;
  const lines = [...selfTimes]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([name, us]) => `  ${share(us)}  ${share(totals.get(name) ?? 0)}  ${name}`);
  const seconds = (us: number) => (us / 1e6).toFixed(1);
  return [
    file,
    `${seconds(busyUs)} s busy, ${seconds(idleUs)} s idle; share of the busy time by itself, and with what it calls:`,
    ...lines,
  ].join('\n');
}

function ownTimes({ samples, timeDeltas }: CpuProfile): Map<number, number> {
  const own = new Map<number, number>();
  for (const [index, id] of samples.entries()) own.set(id, (own.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  return own;
}

/** Time of each function with what it calls; a recursive call counts once. */
function totalTimes(
  { nodes }: CpuProfile,
  own: ReadonlyMap<number, number>,
  names: ReadonlyMap<number, string>,
): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const totals = new Map<string, number>();
  const visit = (id: number, above: ReadonlySet<string>): number => {
    const name = names.get(id) ?? '';
    const within = above.has(name) ? above : new Set([...above, name]);
    let us = own.get(id) ?? 0;
    for (const child of byId.get(id)?.children ?? []) us += visit(child, within);
    if (!above.has(name)) add(totals, name, us);
    return us;
  };
  const [root] = nodes;
  if (root !== undefined) visit(root.id, new Set());
  return totals;
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const name = functionName || '(anonymous)';
  return url === '' ? name : `${name} ${basename(url)}:${lineNumber + 1}`;
}

function add(times: Map<string, number>, name: string, us: number): void {
  times.set(name, (times.get(name) ?? 0) + us);
}
