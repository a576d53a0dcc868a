import type { Group, GroupNode } from '../group.ts';
import { NAME_SERVER } from '../group-folder.ts';
import { type NodeStatus, readNodeStatus } from '../node-status.ts';
import { residentBytes } from '../process-usage.ts';
import { openGroup } from '../start-group.ts';
import { formatTable } from './table.ts';

const HEADINGS = ['NODE', 'PROCESS', 'ROLE', 'TERM', 'COMMIT', 'APPLIED', 'LAG', 'RSS MB', 'ADDRESS'];

/** Prints one line per process of the group in a folder. Succeeds if all of them run. */
export async function status(dir: string): Promise<number> {
  const group = openGroup(dir);
  if (group === undefined) {
    console.error(`There is no group in ${dir}; start makes one.`);
    return 1;
  }
  try {
    const statuses = await Promise.all(group.nodes.map((node) => statusOf(group, node)));
    const nameServer = [NAME_SERVER, processText(group, NAME_SERVER), stateOf(group, NAME_SERVER), '', '', '', ''];
    const rows = [[...nameServer, memoryText(group, NAME_SERVER), group.nameServer]];
    const leaderCommit = statuses.find((each) => each?.role === 'leader')?.commitIndex;
    group.nodes.forEach((node, index) => {
      rows.push(row(group, node, statuses[index], leaderCommit));
    });
    console.log(formatTable(HEADINGS, rows));
    return group.running().length === group.names.length ? 0 : 1;
  } finally {
    group.close();
  }
}

function statusOf(group: Group, { name, httpUrl }: GroupNode): Promise<NodeStatus | undefined> {
  return group.process(name) === undefined ? Promise.resolve(undefined) : readNodeStatus(httpUrl);
}

function row(
  group: Group,
  { name, address }: GroupNode,
  found: NodeStatus | undefined,
  leaderCommit: number | undefined,
): string[] {
  const role = found?.role ?? (group.process(name) === undefined ? 'stopped' : 'no answer');
  const applied = found?.appliedIndex;
  const lag = applied === undefined || leaderCommit === undefined ? undefined : Math.max(0, leaderCommit - applied);
  const numbers = [found?.term, found?.commitIndex, applied, lag].map((each) =>
    each === undefined ? '-' : String(each),
  );
  return [name, processText(group, name), role, ...numbers, memoryText(group, name), address];
}

function stateOf(group: Group, name: string): string {
  return group.process(name) === undefined ? 'stopped' : 'runs';
}

function processText(group: Group, name: string): string {
  return String(group.process(name)?.pid ?? '-');
}

function memoryText(group: Group, name: string): string {
  const pid = group.process(name)?.pid;
  const bytes = pid === undefined ? undefined : residentBytes(pid);
  return bytes === undefined ? '-' : (bytes / 1_000_000).toFixed(1);
}
