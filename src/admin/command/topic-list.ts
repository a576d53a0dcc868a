import { groupList } from '../../protocol/body/group-list.ts';
import { queryTopicConsumeByWho } from '../../protocol/command/query-topic-consume-by-who.ts';
import type { AdminCommand } from '../admin-command.ts';
import { type AdminSession, DLQ_PREFIX, oneOfEach, RETRY_PREFIX } from '../admin-session.ts';
import { formatLine, front, left } from '../format/columns.ts';

export const topicList: AdminCommand = {
  name: 'topicList',
  description: 'Fetch all topic list from name server.',
  options: [{ short: 'c', long: 'clusterModel', description: 'clusterModel', hasValue: false }],
  async run(args, admin, output) {
    if (!args.has('clusterModel')) {
      const topics = await admin.topicNames();
      output.print(topics.map((topic) => `${topic}\n`).join(''));
      return;
    }
    const { clusterAddrTable } = await admin.clusterInfo();
    output.print(formatLine([left(20), left(48), left(48)], ['#Cluster Name', '#Topic', '#Consumer Group']));
    for (const topic of await admin.topicNames()) {
      if (topic.startsWith(RETRY_PREFIX) || topic.startsWith(DLQ_PREFIX)) continue;
      const { brokerName, groups } = await consumersOf(admin, topic);
      const cluster = [...clusterAddrTable].find(([, names]) => names.includes(brokerName))?.[0] ?? '';
      for (const group of groups.length === 0 ? [''] : groups) output.print(formatTopic(cluster, topic, group));
    }
  },
};

async function consumersOf(
  admin: AdminSession,
  topic: string,
): Promise<{ brokerName: string; groups: readonly string[] }> {
  const route = await admin.findRoute(topic);
  const [address] = route === undefined ? [] : oneOfEach(route);
  const brokerName = route?.brokerDatas[0]?.brokerName ?? '';
  if (address === undefined) return { brokerName, groups: [] };
  const { groupList: groups } = await admin.askFor(queryTopicConsumeByWho, address, { topic }, groupList);
  return { brokerName, groups };
}

function formatTopic(cluster: string, topic: string, group: string): string {
  return formatLine([left(20), left(64), left(64)], [front(cluster, 20), front(topic, 64), front(group, 64)]);
}
