import type { Group, GroupNode } from '../group.ts';
import { type BrokerReport, readNodeStatus } from '../node-status.ts';
import { residentBytes } from '../process-usage.ts';
import { openGroup } from '../start-group.ts';
import { formatTable } from './table.ts';

const HEADINGS = ['NODE', 'PROCESS', 'ROLE', 'TERM', 'COMMIT', 'APPLIED', 'LAG', 'RSS MB', 'ADDRESS'];

/** Prints one line per process of the group in a folder; the lag is in entries in a DLedger group, else in bytes. Succeeds if all of them run. */
export async function status(dir: string): Promise<number> {
  const group = openGroup(dir);
  if (group === undefined) {
    console.error(`There is no group in ${dir}; start makes one.`);
    return 1;
  }
  try {
    const statuses = await Promise.all(group.nodes.map((node) => statusOf(group, node)));
    const addresses = group.nameServer.split(';');
    const rows = group.nameServers.map((name, index) => {
      const texts = [name, processText(group, name), stateOf(group, name), '', '', '', ''];
      return [...texts, memoryText(group, name), addresses[index] ?? ''];
    });
    const leader = leaderAmong(statuses);
    group.nodes.forEach((node, index) => {
      const report = statuses[index];
      const lag = report?.replication === undefined ? lagOf(node.name, leader) : byteLag(node, report, statuses);
      rows.push(row(group, node, report, lag));
    });
    console.log(formatTable(HEADINGS, rows));
    return group.running().length === group.names.length ? 0 : 1;
  } finally {
    group.close();
  }
}

function statusOf(group: Group, { name, httpUrl }: GroupNode): Promise<BrokerReport | undefined> {
  return group.process(name) === undefined ? Promise.resolve(undefined) : readNodeStatus(httpUrl);
}

function row(
  group: Group,
  { name, address }: GroupNode,
  report: BrokerReport | undefined,
  lag: number | undefined,
): string[] {
  const raft = report?.raft;
  const numbers = [raft?.term, raft?.commitIndex, raft?.appliedIndex, lag];
  const texts = numbers.map((each) => (each === undefined ? '-' : String(each)));
  return [name, processText(group, name), roleOf(group, name, report), ...texts, memoryText(group, name), address];
}

/** One that was replaced and has not heard of it may still call itself leader: the highest term counts. */
function leaderAmong(reports: readonly (BrokerReport | undefined)[]): BrokerReport | undefined {
  const leaders = reports.filter((report) => report?.raft?.role === 'leader');
  return leaders.sort((a, b) => (b?.raft?.term ?? 0) - (a?.raft?.term ?? 0))[0];
}

/** Entries that a member lacks, as its leader sees it; undefined if that leader has never heard of it. */
function lagOf(name: string, leader: BrokerReport | undefined): number | undefined {
  if (leader?.raft?.id === name) return 0;
  const peer = leader?.raft?.peers.find(({ id }) => id === name);
  return peer === undefined || (!peer.connected && peer.match === 0) ? undefined : peer.lag;
}

/** Bytes that a slave lacks, as its master sees it. */
function byteLag(
  { address }: GroupNode,
  { replication }: BrokerReport,
  reports: readonly (BrokerReport | undefined)[],
): number | undefined {
  if (replication?.role === 'master') return 0;
  const slaves = reports.flatMap((report) => report?.replication?.slaves ?? []);
  return slaves.find((slave) => slave.address === address)?.lag;
}

function roleOf(group: Group, name: string, report: BrokerReport | undefined): string {
  if (report?.replication !== undefined)
    return report.ready ? report.replication.role : `${report.replication.role}, not ready`;
  if (report?.raft === undefined) return group.process(name) === undefined ? 'stopped' : 'no answer';
  const { role, inDoubt } = report.raft;
  if (inDoubt) return `${role}, in doubt`;
  return report.ready ? role : `${role}, not ready`;
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
