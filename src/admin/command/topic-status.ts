import { compareQueues } from '../../client/message-queue.ts';
import { type TopicStatsTable, topicStatsTable } from '../../protocol/body/topic-stats-table.ts';
import { getTopicStats } from '../../protocol/command/get-topic-stats.ts';
import type { AdminCommand } from '../admin-command.ts';
import { AdminError } from '../admin-error.ts';
import { formatLine, front, javaDouble, left } from '../format/columns.ts';
import { millisecondsText } from '../format/local-time.ts';

const COLUMNS = [left(32), left(4), left(20), left(20)];
const GAPS = ['  ', '  ', '  ', '    '];

export const topicStatus: AdminCommand = {
  name: 'topicStatus',
  description: 'Examine topic Status info.',
  options: [
    { short: 't', long: 'topic', description: 'topic name', required: true },
    {
      short: 'c',
      long: 'cluster',
      description: 'cluster name or lmq parent topic, lmq is used to find the route.',
    },
  ],
  async run(args, admin, output) {
    const topic = args.text('topic');
    const addresses = await admin.brokersOf(args.find('cluster') ?? topic);
    const tables = await Promise.all(
      addresses.map((address) => admin.askFor(getTopicStats, address, { topic }, topicStatsTable)),
    );
    const offsetTable = tables.flatMap((table) => [...table.offsetTable]);
    if (offsetTable.length === 0) throw new AdminError(`No broker has statistics of topic "${topic}".`);
    const topicPutTps = tables.reduce((sum, table) => sum + table.topicPutTps, 0);
    output.print(formatTopicStatus({ offsetTable, topicPutTps }));
  },
};

export function formatTopicStatus({ offsetTable, topicPutTps }: TopicStatsTable): string {
  const names = ['#Broker Name', '#QID', '#Min Offset', '#Max Offset', '#Last Updated'];
  const sorted = [...offsetTable].sort(([a], [b]) => compareQueues(a, b));
  const rows = sorted.map(([queue, { minOffset, maxOffset, lastUpdateTimestamp }]) => {
    const updated = lastUpdateTimestamp > 0 ? millisecondsText(lastUpdateTimestamp) : '';
    return formatLine(COLUMNS, [front(queue.brokerName, 32), queue.queueId, minOffset, maxOffset, updated], GAPS);
  });
  return `${formatLine(COLUMNS, names, GAPS)}${rows.join('')}\nTopic Put TPS: ${javaDouble(topicPutTps)}\n`;
}
