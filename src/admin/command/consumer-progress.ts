import { compareQueues } from '../../client/message-queue.ts';
import type { ConsumeStats } from '../../protocol/body/consume-stats.ts';
import type { ConsumerConnection } from '../../protocol/body/consumer-connection.ts';
import { versionName } from '../../protocol/codes.ts';
import type { AdminCommand, Output } from '../admin-command.ts';
import { AdminError } from '../admin-error.ts';
import type { AdminSession } from '../admin-session.ts';
import { fixed, formatLine, front, left } from '../format/columns.ts';
import { secondsText } from '../format/local-time.ts';
import { connectionOf, statsOf } from '../group-progress.ts';

const QUEUE = [left(64), left(32), left(4), left(20), left(20)];
const NUMBERS = [left(20), left(20)];
const WITH_CLIENT = [...QUEUE, left(20), ...NUMBERS];
const GROUP = [left(64), left(6), left(24), left(5), left(14), left(7)];
const GROUP_GAPS = ['  ', '  ', ' ', '  ', '  ', '  '];

/** What is known about one group. */
export interface GroupProgress {
  readonly group: string;
  /** Undefined where nobody could tell. */
  readonly stats: ConsumeStats | undefined;
  /** Undefined while no member is online. */
  readonly connection: ConsumerConnection | undefined;
}

export const consumerProgress: AdminCommand = {
  name: 'consumerProgress',
  description: "Query consumer's progress, speed.",
  options: [
    { short: 'g', long: 'groupName', description: 'consumer group name' },
    { short: 't', long: 'topicName', description: 'topic name' },
    { short: 's', long: 'showClientIP', description: 'Show Client IP per Queue' },
    {
      short: 'c',
      long: 'cluster',
      description: 'Cluster name or lmq parent topic, lmq is used to find the route.',
    },
  ],
  async run(args, admin, output) {
    if (!args.has('groupName')) return listGroups(admin, output);
    const group = args.text('groupName');
    const stats = await statsOf(admin, group, args.find('topicName'));
    if (stats.offsetTable.length === 0) await explainEmpty(admin, group);
    output.print(formatProgress(stats, args.boolean('showClientIP', false)));
  },
};

/** A group without offsets either is not there, or keeps them itself, or has just begun: only the last is no failure. */
async function explainEmpty(admin: AdminSession, group: string): Promise<void> {
  const connection = await connectionOf(admin, group);
  if (connection === undefined) {
    throw new AdminError(`Consumer group "${group}" has stored no progress, and none of its members is online.`);
  }
  if (connection.messageModel === 'BROADCASTING') {
    throw new AdminError(`Consumer group "${group}" is broadcasting: its members keep their progress themselves.`);
  }
}

async function listGroups(admin: AdminSession, output: Output): Promise<void> {
  output.print(formatGroupHead());
  for (const group of await admin.groupNames()) {
    try {
      const [stats, connection] = await Promise.all([statsOf(admin, group), connectionOf(admin, group)]);
      output.print(formatGroup({ group, stats, connection }));
    } catch (error) {
      output.print(formatGroup({ group, stats: undefined, connection: undefined }));
      output.complain(`Group ${group} could not be examined: ${(error as Error).message}.`);
    }
  }
}

/** What consumerProgress -g prints; with `showClients` a column more, of which our brokers know nothing yet. */
export function formatProgress({ offsetTable, consumeTps }: ConsumeStats, showClients: boolean): string {
  const names = ['#Topic', '#Broker Name', '#QID', '#Broker Offset', '#Consumer Offset'];
  const columns = showClients ? WITH_CLIENT : [...QUEUE, ...NUMBERS];
  const gaps = ['  ', '  ', '  ', '  ', '  ', ' ', ...(showClients ? [' '] : [])];
  const client = (text: string): string[] => (showClients ? [text] : []);
  const head = [...names, ...client('#Client IP'), '#Diff', '#Inflight', '#LastTime'];
  let diffTotal = 0;
  let inflightTotal = 0;
  const rows = [...offsetTable]
    .sort(([a], [b]) => compareQueues(a, b))
    .map(([queue, { brokerOffset, consumerOffset, pullOffset, lastTimestamp }]) => {
      const diff = brokerOffset - consumerOffset;
      const inflight = pullOffset - consumerOffset;
      diffTotal += diff;
      inflightTotal += inflight;
      const place = [front(queue.topic, 64), front(queue.brokerName, 32), queue.queueId, brokerOffset, consumerOffset];
      const time = lastTimestamp === 0 ? 'N/A' : secondsText(lastTimestamp);
      return formatLine(columns, [...place, ...client('N/A'), diff, inflight, time], [...gaps, ' ']);
    });
  const totals = `Consume TPS: ${fixed(consumeTps, 2)}\nConsume Diff Total: ${diffTotal}\nConsume Inflight Total: ${inflightTotal}\n`;
  // RocketMQ forgot the blank before the last heading.
  return `${formatLine(columns, head, [...gaps, ''])}${rows.join('')}\n${totals}`;
}

export function formatGroupHead(): string {
  return formatLine(GROUP, ['#Group', '#Count', '#Version', '#Type', '#Model', '#TPS', '#Diff Total'], GROUP_GAPS);
}

export function formatGroup({ group, stats, connection }: GroupProgress): string {
  const clients = connection?.connectionSet ?? [];
  const online = clients.length > 0;
  const passive = connection?.consumeType === 'CONSUME_PASSIVELY';
  const offsets = [...(stats?.offsetTable ?? [])];
  const diff = offsets.reduce((sum, [, each]) => sum + each.brokerOffset - each.consumerOffset, 0);
  const cells = [
    front(group, 64),
    clients.length,
    online ? versionName(Math.min(...clients.map(({ version }) => version))) : 'OFFLINE',
    online ? (connection?.consumeType === 'CONSUME_ACTIVELY' ? 'PULL' : 'PUSH') : '',
    online && passive ? (connection?.messageModel ?? '') : '',
    Math.trunc(stats?.consumeTps ?? 0),
    diff,
  ];
  return formatLine(GROUP, cells, GROUP_GAPS);
}
