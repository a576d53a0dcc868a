import type { BrokerData } from '../../protocol/body/broker-data.ts';
import type { TopicRouteData } from '../../protocol/body/topic-route-data.ts';
import type { AdminCommand } from '../admin-command.ts';
import { formatLine, left } from '../format/columns.ts';
import { type PrettyValue, prettyJson } from '../format/pretty-json.ts';

const TABLE = [left(45), left(32), left(50), left(10), left(11), left(5)];
const GAPS = [' ', ' ', ' ', ' ', ' '];
const RULE_WIDTH = 158;

export const topicRoute: AdminCommand = {
  name: 'topicRoute',
  description: 'Examine topic route info.',
  options: [
    { short: 't', long: 'topic', description: 'topic name', required: true },
    { short: 'l', long: 'list', description: 'Use list format to print data', hasValue: false },
  ],
  async run(args, admin, output) {
    const route = await admin.route(args.text('topic'));
    output.print(args.has('list') ? formatRouteTable(route) : formatRoute(route));
  },
};

/** The route as fastjson's pretty printer writes it. */
export function formatRoute({ orderTopicConf, queueDatas, brokerDatas, filterServerTable }: TopicRouteData): string {
  const value: PrettyValue = {
    brokerDatas: brokerDatas.map(({ brokerAddrs, brokerName, cluster, enableActingMaster, zoneName }) => ({
      brokerAddrs: new Map([...brokerAddrs].sort(([a], [b]) => a - b)),
      brokerName,
      cluster,
      enableActingMaster,
      ...(zoneName === undefined ? {} : { zoneName }),
    })),
    filterServerTable: Object.fromEntries([...filterServerTable].map(([address, servers]) => [address, [...servers]])),
    ...(orderTopicConf === undefined ? {} : { orderTopicConf }),
    queueDatas: queueDatas.map(({ brokerName, perm, readQueueNums, topicSysFlag, writeQueueNums }) => {
      return { brokerName, perm, readQueueNums, topicSysFlag, writeQueueNums };
    }),
  };
  return `${prettyJson(value)}\n`;
}

/** What topicRoute -l prints. */
export function formatRouteTable({ brokerDatas, queueDatas }: TopicRouteData): string {
  const queuesOf = new Map(queueDatas.map((each) => [each.brokerName, each]));
  const brokers = brokerDatas.toSorted((a, b) => (a.brokerName < b.brokerName ? -1 : 1));
  const rows = brokers.map((broker) => {
    const { readQueueNums = 0, writeQueueNums = 0, perm = 0 } = queuesOf.get(broker.brokerName) ?? {};
    const { cluster, brokerName } = broker;
    return formatLine(TABLE, [cluster, brokerName, addressText(broker), readQueueNums, writeQueueNums, perm], GAPS);
  });
  const sum = (pick: 'readQueueNums' | 'writeQueueNums'): number =>
    brokers.reduce((total, { brokerName }) => total + (queuesOf.get(brokerName)?.[pick] ?? 0), 0);
  const names = ['#ClusterName', '#BrokerName', '#BrokerAddrs', '#ReadQueue', '#WriteQueue', '#Perm'];
  const totals = ['Total:', queuesOf.size, '', sum('readQueueNums'), sum('writeQueueNums'), ''];
  const rule = `${'-'.repeat(RULE_WIDTH)}\n`;
  return formatLine(TABLE, names, GAPS) + rows.join('') + rule + formatLine(TABLE, totals, GAPS);
}

function addressText({ brokerAddrs }: BrokerData): string {
  const inOrder = [...brokerAddrs].sort(([a], [b]) => a - b);
  return `{${inOrder.map(([id, address]) => `${id}=${address}`).join(', ')}}`;
}
